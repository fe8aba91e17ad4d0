import { type Browser, launch } from 'puppeteer-core';
import { pathOf } from './programs.js';

/** Headless Firefox, driven by WebDriver BiDi, with settings as in `about:config`. */
export const startFirefox = (settings: Readonly<Record<string, number>> = {}): Promise<Browser> =>
  launch({
    browser: 'firefox',
    executablePath: pathOf('firefox-esr') ?? '',
    headless: true,
    extraPrefsFirefox: settings,
  });
