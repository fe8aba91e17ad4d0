import { firstNotBelow } from './search.js';
import { spotWith } from './spots.js';

/**
 * The target of an arrow key: the next spot drawn in the lane, or the spot of the next lane with one that
 * is nearest in time. Unchanged if there is none.
 *
 * @param {readonly import('./lanes.js').Lane[]} lanes
 * @param {{ lane: import('./lanes.js').Lane, place: number }} from
 * @param {string} key
 * @param {number} width of bins
 * @returns {{ lane: import('./lanes.js').Lane, place: number }}
 */
export const walk = (lanes, from, key, width) => {
  const { lane, place } = from;
  const spot = spotWith(lane.times, place, width);
  const last = lane.times.length - 1;
  if (key === 'Home') return { lane, place: 0 };
  if (key === 'End') return { lane, place: spotWith(lane.times, last, width).first };
  if (key === 'ArrowRight')
    return spot.first + spot.count > last ? from : { lane, place: spot.first + spot.count };
  if (key === 'ArrowLeft') {
    return spot.first === 0 ? from : { lane, place: spotWith(lane.times, spot.first - 1, width).first };
  }
  const step = key === 'ArrowDown' ? 1 : -1;
  for (let index = lanes.indexOf(lane) + step; index >= 0 && index < lanes.length; index += step) {
    if (lanes[index].times.length > 0)
      return { lane: lanes[index], place: nearest(lanes[index].times, spot.time, width) };
  }
  return from;
};

/**
 * The first index of the spot nearest to a time.
 *
 * @param {Float64Array} times sorted, not empty
 * @param {number} time
 * @param {number} width of bins
 */
export const nearest = (times, time, width) => {
  const next = Math.min(firstNotBelow(times, time), times.length - 1);
  const before = Math.max(0, next - 1);
  return spotWith(times, time - times[before] < times[next] - time ? before : next, width).first;
};
