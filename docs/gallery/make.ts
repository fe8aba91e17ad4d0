import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startChromium } from '../../spec/rig/chromium.js';
import { cvmqtt } from '../../spec/rig/daemon.js';
import { photographLivePage } from './live-page.js';
import { argumentsFor, type Picture, page, pictures } from './pictures.js';

/*
 * Makes the pictures of the gallery, and the screenshots with Chromium: npm run --silent build && npm run gallery
 */
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const draw = (picture: Picture, target: string): void => {
  execFileSync(process.execPath, [cvmqtt, ...argumentsFor(picture, target)], { stdio: 'inherit' });
};

const photograph = async (file: string, scheme: 'light' | 'dark'): Promise<void> => {
  const browser = await startChromium();
  try {
    const tab = await browser.newPage();
    await tab.setViewport({ width: 1_080, height: 800 });
    await tab.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    await tab.goto(pathToFileURL(file).href);
    await tab.focus('#stage');
    // To the last message that no app was registered for, and pins it.
    for (let lane = ''; !lane.startsWith('unregistered'); ) {
      await tab.keyboard.press('ArrowDown');
      const now = await tab.$eval('#said', (said) => said.textContent ?? '');
      if (now === lane) throw new Error(`no lane of unregistered messages, only ${now}`);
      lane = now;
    }
    for (const key of ['End', 'Enter'] as const) await tab.keyboard.press(key);
    await tab.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await tab.screenshot({ path: `${here(`./page-${scheme}`)}.png` });
  } finally {
    await browser.close();
  }
};

for (const picture of pictures) draw(picture, here(`./${picture.file}`));
const directory = await mkdtemp(join(tmpdir(), 'cvmqtt-gallery-'));
try {
  const file = join(directory, page.file);
  draw(page, file);
  for (const scheme of ['light', 'dark'] as const) await photograph(file, scheme);
} finally {
  await rm(directory, { recursive: true, force: true });
}
await photographLivePage(here('./live-page.png'));
