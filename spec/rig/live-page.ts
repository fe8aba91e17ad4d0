import type { Browser, Page, Viewport } from 'puppeteer-core';
import { startChromium } from './chromium.js';
import { startFirefox } from './firefox.js';

/** Starts each browser, by the name of its program. */
export const startBrowser = { chromium: startChromium, 'firefox-esr': () => startFirefox() } as const;

/** The live page in a browser. */
export interface OpenLivePage {
  readonly page: Page;
  /** Errors, messages on the console, and dialogs. */
  readonly complaints: readonly string[];
  /** The text of an element. */
  textOf(selector: string): Promise<string>;
  /** Resolves once the text of an element contains this. */
  says(selector: string, text: string): Promise<void>;
  /** Fills in the form with the keyboard, and submits it. */
  submit(form: 'send' | 'register', fields: Readonly<Record<string, string>>): Promise<void>;
}

/** Opens the page; resolves once it is live. */
export const openLivePage = async (
  browser: Browser,
  url: string,
  viewport: Viewport = { width: 1_280, height: 900 },
): Promise<OpenLivePage> => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // Browsers report each answer that is an error, and the end of the server; the page shows both.
    if (!message.text().startsWith('Failed to load resource'))
      complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.setViewport(viewport);
  await page.goto(url);
  const textOf = (selector: string): Promise<string> =>
    page.$eval(selector, (found) => found.textContent ?? '');
  const says: OpenLivePage['says'] = async (selector, text) => {
    const shown = `document.querySelector(${JSON.stringify(selector)})?.textContent`;
    await page.waitForFunction(`(${shown} ?? '').includes(${JSON.stringify(text)})`).catch(async () => {
      throw new Error(`${selector} does not say "${text}", but "${await page.evaluate(shown)}"`);
    });
  };
  await says('#connection', 'live');
  return {
    page,
    complaints,
    textOf,
    says,
    submit: async (form, fields) => {
      await page.evaluate(`document.querySelector('#${form}').reset()`);
      for (const [name, value] of Object.entries(fields)) await page.type(`#${form} [name=${name}]`, value);
      await page.focus(`#${form} button`);
      await page.keyboard.press('Enter');
    },
  };
};
