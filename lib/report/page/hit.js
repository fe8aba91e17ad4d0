import { laneHeight } from './layout.js';
import { firstNotBelow } from './search.js';

/**
 * A place in a lane: where one points at or moves to with the keys; `single` is one message of a column.
 *
 * @typedef {{ lane: import('./lanes.js').Lane, place: number, single: boolean }} Place
 */

/** How near to a marble one has to point, pixels. */
const near = 8;

/** Of messages that settled after a moment, so many are asked whether they waited then. */
const asked = 200;

/**
 * What is at a point of the canvas: the nearest spot, or else a message that waits there.
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
  const found = scene.rows.find(
    ({ row }) => Math.abs(row.y - y) <= laneHeight / 2 && row.y < top === y < top,
  );
  if (found === undefined) return undefined;
  const { lane } = found.row;
  const spot = found.spots.reduce(
    (best, each) => (Math.abs(each.x - x) < Math.abs(best.x - x) ? each : best),
    found.spots[0],
  );
  if (spot !== undefined && Math.abs(spot.x - x) <= Math.max(near, scene.columnWidth / 2 + 2)) {
    return { lane, place: spot.first, single: false };
  }
  if (lane.kind === 'set' || lane.kind === 'arrivals') return undefined;
  const next = firstNotBelow(lane.times, time);
  const waiting = lane.ids.subarray(next, next + asked).findIndex((id) => run.columns.at[id] <= time);
  return waiting < 0 ? undefined : { lane, place: next + waiting, single: true };
};
