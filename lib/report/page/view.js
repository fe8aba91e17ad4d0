/**
 * The visible part of a run, ms.
 *
 * @typedef {{ from: number, to: number }} View
 */

/** The maximum zoom: ms across the whole plot. */
const least = 0.02;

/** All of a run, with a margin. @param {number} duration @returns {View} */
export const whole = (duration) => ({ from: -duration * 0.015, to: duration + duration * 0.015 });

/**
 * Limits a view to the run.
 *
 * @param {View} view
 * @param {number} duration
 * @returns {View}
 */
export const within = ({ from, to }, duration) => {
  const all = whole(duration);
  const span = Math.min(Math.max(to - from, least), all.to - all.from);
  const start = Math.min(Math.max((from + to - span) / 2, all.from), all.to - span);
  return { from: start, to: start + span };
};

/**
 * Zooms a view around a fixed time; a `factor` below 1 shows less time.
 *
 * @param {View} view
 * @param {number} around
 * @param {number} factor
 * @param {number} duration
 */
export const zoomed = ({ from, to }, around, factor, duration) => {
  const bounded = Math.max(factor, least / (to - from));
  return within({ from: around - (around - from) * bounded, to: around + (to - around) * bounded }, duration);
};

/** A view moved by ms. @param {View} view @param {number} by @param {number} duration */
export const panned = ({ from, to }, by, duration) => within({ from: from + by, to: to + by }, duration);

/**
 * Moves a view to show a time with a margin; unchanged if it shows it already.
 *
 * @param {View} view
 * @param {number} time
 * @param {number} duration
 */
export const showing = (view, time, duration) => {
  const margin = (view.to - view.from) * 0.04;
  if (time < view.from + margin) return panned(view, time - margin * 3 - view.from, duration);
  return time > view.to - margin ? panned(view, time + margin * 3 - view.to, duration) : view;
};
