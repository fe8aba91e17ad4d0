import { openReport, startChromium } from '../spec/rig/chromium.js';
import { madeUpRun } from '../spec/support/runs.js';

/*
 * How smoothly the page of a run of 100,000 messages pans: node --import tsx bench/report-page.ts [messages]
 * Needs chromium on the PATH. Each paint of the browser is one frame; without a graphics card that is at most 60 a second.
 */
const messages = Number(process.argv[2] ?? 100_000);
const browser = await startChromium();
const run = madeUpRun({ messages, durationMs: 3_600_000, integrations: 30 });
const began = performance.now();
const { page, close } = await openReport(browser, run);
process.stdout.write(
  `${messages} messages: generated, opened and painted in ${(performance.now() - began).toFixed(0)} ms\n`,
);

/** Pans through 120 frames; resolves with the time from each frame to the next, ms. */
const pan = `new Promise((done) => {
  const canvas = document.querySelector('#plot');
  const frames = [];
  let last = performance.now();
  const next = (now) => {
    frames.push(now - last);
    last = now;
    if (frames.length === 120) { done(frames.slice(1)); return; }
    canvas.dispatchEvent(new WheelEvent('wheel', { deltaX: frames.length % 60 < 30 ? 9 : -9, clientX: 600, clientY: 400, cancelable: true }));
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})`;

await page.focus('#stage');
for (const zoom of [0, 2, 4, 8]) {
  await page.keyboard.press('0');
  for (let times = 0; times < zoom; times += 1) await page.keyboard.press('+');
  const busyBefore = (await page.metrics()).ScriptDuration ?? 0;
  const frames = (await page.evaluate(pan)) as number[];
  const busy = ((await page.metrics()).ScriptDuration ?? 0) - busyBefore;
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1);
  process.stdout.write(
    `panning at zoom ${2 ** zoom}: frame p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, max ${at(1)} ms; script ${((busy * 1_000) / frames.length).toFixed(2)} ms a frame\n`,
  );
}
await close();
await browser.close();
