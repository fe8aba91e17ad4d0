import { type Browser, launch } from 'puppeteer-core';
import { pathOf } from './programs.js';

/** Headless Firefox, driven by WebDriver BiDi. */
export const startFirefox = (): Promise<Browser> =>
  launch({ browser: 'firefox', executablePath: pathOf('firefox-esr') ?? '', headless: true });
