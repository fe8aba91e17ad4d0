import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, launch, type Page, type Viewport } from 'puppeteer-core';
import { encodeRun } from '../../lib/report/encode.js';
import { htmlReport } from '../../lib/report/html.js';
import { decodeRun } from '../../lib/report/page/decode.js';
import { everything } from '../../lib/report/page/filter.js';
import { lanesOf } from '../../lib/report/page/lanes.js';
import { layoutOf, plotEdges } from '../../lib/report/page/layout.js';
import { xOf } from '../../lib/report/page/scene.js';
import { whole } from '../../lib/report/page/view.js';
import type { Run } from '../../lib/report/run.js';
import { pathOf } from './programs.js';

/** Headless Chromium. It also runs as root, as containers may have no other user. */
export const startChromium = (): Promise<Browser> =>
  launch({ executablePath: pathOf('chromium') ?? '', args: ['--no-sandbox'], headless: true });

/** How a page is opened. */
export interface Opening {
  readonly viewport?: Viewport;
  readonly scheme?: 'light' | 'dark';
}

/** A report that is open in a browser. */
export interface OpenReport {
  readonly page: Page;
  /** Errors of the browser, requests other than for the page, and dialogs that were opened. */
  readonly complaints: readonly string[];
  /** Position in the window of a time in a lane, with the whole run shown as at first. */
  readonly pointOf: (lane: string, time: number) => Promise<{ readonly x: number; readonly y: number }>;
  /** Resolves after all pending painting. */
  readonly painted: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const desktop: Viewport = { width: 1_280, height: 900 };

/** Opens a page from a file, as a person does. */
export const openFile = async (
  browser: Browser,
  file: string,
  { viewport = desktop, scheme = 'light' }: Opening = {},
): Promise<Pick<OpenReport, 'page' | 'complaints'>> => {
  const address = pathToFileURL(file).href;
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== address && !request.url().startsWith('data:'))
      complaints.push(`request: ${request.url()}`);
  });
  await page.setViewport(viewport);
  // Firefox has no such emulation, and starts with light colours.
  if (!(await browser.version()).startsWith('firefox'))
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
  await page.goto(address);
  return { page, complaints };
};

/** Opens the report of a run from a file, as a person does. */
export const openReport = async (browser: Browser, run: Run, opening?: Opening): Promise<OpenReport> => {
  const directory = await mkdtemp(join(tmpdir(), 'cvmqtt-report-'));
  const file = join(directory, 'report.html');
  await writeFile(file, htmlReport(run));
  const { page, complaints } = await openFile(browser, file, opening);
  const painted = async (): Promise<void> => {
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  };
  await painted();

  const decoded = decodeRun(encodeRun(run));
  const lanes = lanesOf(decoded, everything, 16);
  return {
    page,
    complaints,
    painted,
    pointOf: async (lane, time) => {
      const stage = await page.$eval('#stage', (found) => {
        const { x, y } = found.getBoundingClientRect();
        return { x, y, width: found.clientWidth, height: found.clientHeight };
      });
      const layout = layoutOf(lanes, stage.height);
      const scrolled = layout.scrolled.find((row) => row.lane.label === lane);
      const fixed = layout.fixed.find((row) => row.lane.label === lane);
      const y = scrolled === undefined ? (fixed?.y ?? Number.NaN) : scrolled.y + layout.top;
      const window = { ...whole(decoded.duration), ...plotEdges(stage.width) };
      return { x: stage.x + xOf(window, time), y: stage.y + y };
    },
    close: async () => {
      await page.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
