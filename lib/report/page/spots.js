import { firstAbove, firstNotBelow, nextAbove } from './search.js';

/**
 * What is drawn at one place of a lane: a message, or several too close to distinguish.
 *
 * @typedef {{ first: number, count: number, time: number }} Spot first: its place in the lane; time: of several the bin's middle
 * @typedef {{ from: number, to: number, depth: number }} Stretch
 * @typedef {Pick<import('./lanes.js').Lane, 'starts' | 'startSums' | 'times' | 'sums'>} Waits
 */

/**
 * The width of bins, ms: a power of two, so that zooming halves them, and counted from 0, so that panning moves them.
 *
 * @param {number} msPerPixel
 * @returns {number} for bins of 5 to 10 pixels
 */
export const binWidth = (msPerPixel) => 2 ** Math.ceil(Math.log2(msPerPixel * 5));

/**
 * The spot that begins at a place of a lane.
 *
 * @param {Float64Array} times sorted
 * @param {number} first
 * @param {number} width of bins
 * @returns {Spot}
 */
export const spotFrom = (times, first, width) => {
  const bin = Math.floor(times[first] / width);
  const count = firstNotBelow(times, (bin + 1) * width, first + 1) - first;
  return { first, count, time: count === 1 ? times[first] : (bin + 0.5) * width };
};

/**
 * The spot in which a message of a lane is drawn.
 *
 * @param {Float64Array} times sorted
 * @param {number} place
 * @param {number} width of bins
 */
export const spotWith = (times, place, width) =>
  spotFrom(times, firstNotBelow(times, Math.floor(times[place] / width) * width, 0, place), width);

/**
 * The spots of a lane in a time range. The cost depends on what is drawn, not on the number of messages.
 *
 * @param {Float64Array} times sorted
 * @param {number} from
 * @param {number} to
 * @param {number} width of bins
 * @returns {Spot[]}
 */
export const spotsIn = (times, from, to, width) => {
  const spots = [];
  let next = firstNotBelow(times, Math.floor(from / width) * width);
  while (next < times.length && times[next] <= to) {
    const spot = spotFrom(times, next, width);
    spots.push(spot);
    next += spot.count;
  }
  return spots;
};

/**
 * How many messages of a lane were waiting, as time ranges; messages that did not wait are ignored. Changes that
 * are closer together than `step` count as one.
 *
 * @param {Waits} waits
 * @param {number} from
 * @param {number} to
 * @param {number} step ms
 * @returns {Stretch[]}
 */
export const waitingIn = ({ starts, startSums, times: ends, sums }, from, to, step) => {
  /** @type {Stretch[]} */
  const stretches = [];
  let time = from;
  let started = firstAbove(starts, time);
  let ended = firstAbove(ends, time);
  while (time < to) {
    const change = Math.min(starts[started] ?? to, ends[ended] ?? to);
    const next = Math.min(to, Math.max(change, time + step));
    const depth = startSums[started] - sums[ended];
    if (depth > 0) {
      const last = stretches.at(-1);
      if (last !== undefined && last.depth === depth && last.to === time) last.to = next;
      else stretches.push({ from: time, to: next, depth });
    }
    started = nextAbove(starts, next, started);
    ended = nextAbove(ends, next, ended);
    time = next;
  }
  return stretches;
};
