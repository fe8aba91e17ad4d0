import { firstNotBelow } from './search.js';
import { whole } from './view.js';

/** @typedef {{ times: Float64Array, sums: Float64Array }} Arrivals sums: how many messages are before each entry, and in all */

/**
 * Draws the whole run as a strip: arrivals over time, those not notified, and the visible part.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ duration: number, came: Arrivals, badly: Arrivals }} run
 * @param {import('./view.js').View} view
 * @param {{ left: number, right: number, width: number, height: number }} size
 * @param {(name: string) => string} colour
 */
export const paintOverview = (
  context,
  { duration, came, badly },
  view,
  { left, right, width, height },
  colour,
) => {
  const all = whole(duration);
  const step = ((all.to - all.from) * 3) / (right - left);
  const counts = (/** @type {Arrivals} */ { times, sums }) =>
    Array.from({ length: Math.ceil((right - left) / 3) }, (_, index) => {
      const from = firstNotBelow(times, all.from + index * step);
      return sums[firstNotBelow(times, all.from + (index + 1) * step, from)] - sums[from];
    });
  const bars = counts(came);
  const most = bars.reduce((max, count) => Math.max(max, count), 1);
  const tall = (/** @type {number} */ count) =>
    count === 0 ? 0 : 2 + (height - 8) * Math.sqrt(count / most);

  context.fillStyle = colour('panel');
  context.fillRect(0, 0, width, height);
  for (const [values, tone, alpha] of /** @type {const} */ ([
    [bars, 'arrival', 0.45],
    [counts(badly), 'waited', 1],
  ])) {
    context.fillStyle = colour(tone);
    context.globalAlpha = alpha;
    values.forEach((count, index) => {
      context.fillRect(left + index * 3, height - 3 - tall(count), 2, tall(count));
    });
  }
  const x = (/** @type {number} */ time) => left + ((time - all.from) / (all.to - all.from)) * (right - left);
  const [from, to] = [x(view.from), Math.max(x(view.to), x(view.from) + 3)];
  context.fillStyle = colour('panel');
  context.globalAlpha = 0.6;
  context.fillRect(left, 0, from - left, height);
  context.fillRect(to, 0, right - to, height);
  context.globalAlpha = 1;
  context.strokeStyle = colour('accent');
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(from, 1, to - from, height - 2, 4);
  context.stroke();
};
