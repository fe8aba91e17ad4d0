import { paint } from './paint.js';
import { axisHeight, hit, rowHeight, sceneOf } from './scene.js';

/**
 * @typedef {import('./store.js').Store} Store
 * @typedef {import('./store.js').Entry} Entry
 * @typedef {import('../../../../lib/report/marks.js').Mark} Mark
 */

/**
 * The diagram on a canvas. `paint` draws the time up to `now`; a click on a mark calls `choose` with the message's id.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Store} store
 * @param {readonly Mark[]} marks
 * @param {(id: number) => void} choose
 */
export const diagramOf = (canvas, store, marks, choose) => {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser has no canvas');
  const results = marks.map(({ result }) => result);
  const shapes = new Map(marks.map(({ result, path, tone }) => [result, { shape: new Path2D(path), tone }]));
  const style = getComputedStyle(document.documentElement);
  const brush = {
    colour: (/** @type {string} */ name) => style.getPropertyValue(`--${name}`),
    marks: shapes,
    font: 'system-ui, sans-serif',
  };
  /** @type {readonly import('./scene.js').Row[]} */
  let rows = [];

  canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    const id = hit(rows, offsetX, offsetY);
    if (id !== undefined) choose(id);
  });
  return {
    /** @param {number} now @param {number} spanMs @param {Entry | undefined} chosen */
    paint: (now, spanMs, chosen) => {
      const width = canvas.clientWidth;
      const left = width < 520 ? 92 : 150;
      const frame = { from: now - spanMs, to: now, left, right: width - 16 };
      rows = sceneOf(store, frame, results);
      const height = axisHeight + rowHeight * rows.length + 6;
      const [wide, high] = [width, height].map((each) => Math.round(each * devicePixelRatio));
      if (canvas.width !== wide || canvas.height !== high) {
        canvas.width = wide;
        canvas.height = high;
        canvas.style.height = `${height}px`;
      }
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      paint(context, { rows, frame, chosen }, brush);
    },
  };
};
