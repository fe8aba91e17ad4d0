import { toneOf, xOf } from './scene.js';

/**
 * Draws the emphasised spot, and the arrows of its messages.
 *
 * @typedef {object} Emphasis
 * @property {{ x: number, y: number, wide: number, tall: number }} ring
 * @property {readonly { start: number, end: number, y: number, tone: string }[]} arrows
 * @property {boolean} pinned
 *
 * @typedef {import('./decode.js').DecodedRun} DecodedRun
 * @typedef {import('./layout.js').Row} Row
 */

/** At most this many messages of a column have their arrows shown. */
const mostShown = 200;

/** The size of a marble. */
const marble = 10;

/**
 * The row of a message's result; undefined if that is filtered out.
 *
 * @param {DecodedRun} run
 * @param {readonly Row[]} rows
 * @param {number} id
 */
export const rowWhereSettled = ({ columns }, rows, id) => {
  const result = columns.result[id];
  const ended = rows.filter(
    ({ lane }) => lane.kind !== 'arrivals' && lane.kind !== 'set' && lane.result === result,
  );
  if (result > 0) return ended[0];
  return (
    ended.find(({ lane }) => lane.integration === columns.integration[id]) ??
    ended.find(({ lane }) => lane.kind === 'others')
  );
};

/**
 * @param {object} pointed
 * @param {DecodedRun} pointed.run
 * @param {import('./scene.js').Window} pointed.window
 * @param {import('./scene.js').Scene} pointed.scene
 * @param {Row} pointed.row
 * @param {import('./spots.js').Spot} pointed.spot
 * @param {(id: number) => Row | undefined} pointed.rowOfResult
 * @param {boolean} pointed.pinned
 * @returns {Emphasis}
 */
export const emphasisOf = ({ run, window, scene, row, spot, rowOfResult, pinned }) => {
  const { lane, y } = row;
  const shown = scene.rows
    .find((each) => each.row.lane === lane)
    ?.spots.find(({ first, count }) => first <= spot.first && spot.first < first + count);
  const isColumn = shown !== undefined && shown.tall > 0;
  const tall = isColumn ? shown.tall : marble;
  const wide = isColumn ? shown.block || scene.columnWidth : marble;
  const ids =
    lane.kind === 'set' ? [] : lane.ids.subarray(spot.first, spot.first + Math.min(spot.count, mostShown));
  /** @type {Map<string, Emphasis['arrows'][number]>} */
  const arrows = new Map();
  for (const id of ids) {
    if (run.columns.counted[id] > 0) continue;
    const ended = rowOfResult(id);
    if (ended === undefined) continue;
    const [start, end] = [xOf(window, run.columns.at[id]), xOf(window, run.columns.settledAt[id])];
    // Arrows that would nearly cover each other are drawn once.
    const place = `${Math.round(start / 4)} ${Math.round(end / 4)} ${ended.y}`;
    if (!arrows.has(place)) arrows.set(place, { start, end, y: ended.y, tone: toneOf(run, ended.lane) });
  }
  return {
    ring: { x: (shown?.x ?? xOf(window, spot.time)) + (shown?.block ?? 0) / 2, y, wide, tall },
    arrows: [...arrows.values()],
    pinned,
  };
};
