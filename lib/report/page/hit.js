import { mostLaneHeight } from './layout.js';
import { firstNotBelow } from './search.js';

/**
 * A place in a lane, reached by pointer or keys; `single`: one message of a column.
 *
 * @typedef {{ lane: import('./lanes.js').Lane, place: number, single: boolean }} Place
 */

/** The maximum distance of the pointer from a marble, pixels. */
const near = 8;

/** At most this many messages settled after a moment are checked for whether they waited then. */
const asked = 200;

/**
 * The place at a point of the canvas: the nearest spot, or else a message waiting there.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {import('./scene.js').Scene} scene
 * @param {number} top where scrolling begins
 * @param {number} x
 * @param {number} y
 * @param {number} time at x
 * @returns {Place | undefined}
 */
export const placeAt = (run, scene, top, x, y, time) => {
  const distance = (/** @type {import('./scene.js').ShownRow} */ { row }) => Math.abs(row.y - y);
  const found = scene.rows
    .filter((shown) => distance(shown) <= mostLaneHeight / 2 && shown.row.y < top === y < top)
    .sort((one, other) => distance(one) - distance(other))[0];
  if (found === undefined) return undefined;
  const { lane } = found.row;
  const isNear = (/** @type {import('./scene.js').ShownSpot} */ spot) =>
    Math.abs(spot.x - x) <= Math.max(near, scene.columnWidth / 2 + 2);
  const marbles = found.spots.filter(({ block }) => block === 0);
  const spot = marbles.reduce(
    (best, each) => (Math.abs(each.x - x) < Math.abs(best.x - x) ? each : best),
    marbles[0],
  );
  if (spot !== undefined && isNear(spot)) return { lane, place: spot.first, single: false };
  const cells = found.spots.find((each) => each.block > 0 && each.x <= x && x <= each.x + each.block);
  if (cells !== undefined) return { lane, place: cells.first, single: false };
  if (lane.kind === 'set' || lane.kind === 'arrivals') return undefined;
  const next = firstNotBelow(lane.times, time);
  const waiting = lane.ids
    .subarray(next, next + asked)
    .findIndex((id) => run.columns.at[id] <= time && run.columns.counted[id] === 0);
  return waiting < 0 ? undefined : { lane, place: next + waiting, single: true };
};
