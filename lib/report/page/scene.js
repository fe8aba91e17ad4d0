import { messagesAt } from './lanes.js';
import { axisHeight, bandHeight, columnHeight, laneHeight } from './layout.js';
import { firstAbove, firstNotBelow } from './search.js';
import { binWidth, spotsIn, waitingIn } from './spots.js';

/**
 * What to paint of a part of a run, in pixels; the same for the page and the picture.
 *
 * @typedef {import('./decode.js').DecodedRun} DecodedRun
 * @typedef {import('./layout.js').Row} Row
 * @typedef {import('./spots.js').Spot} Spot
 *
 * @typedef {object} Window a part of time, and where it is shown
 * @property {number} from ms
 * @property {number} to ms
 * @property {number} left pixels
 * @property {number} right pixels
 *
 * @typedef {Spot & { x: number, tall: number, block: number }} ShownSpot tall: the height of a column, 0 for a marble;
 *   block: the width of a cell that is wider than a column, which is drawn as a block from x on, else 0
 * @typedef {{ x: number, wide: number, thick: number }} Band
 * @typedef {object} ShownRow
 * @property {Row} row
 * @property {string} tone the name of its colour
 * @property {readonly ShownSpot[]} spots
 * @property {readonly Band[]} bands messages that wait
 * @property {readonly (readonly [number, number])[]} registered ranges in which the integration was registered, pixels
 *
 * @typedef {object} Scene
 * @property {readonly ShownRow[]} rows
 * @property {readonly { tone: string, path: string }[]} arrows from arrival to settlement
 * @property {number} columnWidth
 */

/** The maximum number of arrows: more would only hide each other. */
const mostArrows = 320;

/** @param {Window} window */
export const msPerPixel = ({ from, to, left, right }) => (to - from) / Math.max(1, right - left);

/** @param {Window} window @param {number} time */
export const xOf = (window, time) => window.left + (time - window.from) / msPerPixel(window);

/** The colour of a lane. @param {DecodedRun} run @param {import('./lanes.js').Lane} lane */
export const toneOf = (run, { kind, result }) =>
  kind === 'arrivals' ? 'arrival' : kind === 'set' ? 'accent' : run.marks[result].tone;

/** What changed with a live set, in few characters. @param {DecodedRun} run @param {number} change */
export const changeLabel = ({ sets, texts }, change) => {
  const { came, went } = sets[change];
  if (came.length + went.length === 1) return came.length === 1 ? `+${texts[came[0]]}` : `−${texts[went[0]]}`;
  return [came.length > 0 ? `+${came.length}` : '', went.length > 0 ? `−${went.length}` : '']
    .filter(Boolean)
    .join(' ');
};

/**
 * An arrow from a message's arrival to its result, as SVG path data: down to its lane, along it while
 * it waited, and into its mark.
 *
 * @param {number} start
 * @param {number} end
 * @param {number} y of its lane
 */
export const arrowPath = (start, end, y, top = axisHeight + laneHeight / 2 + 6) =>
  end - start < 12
    ? `M${px(start)} ${px(top)}L${px(end)} ${px(y - 7)}m-3-4l3 4l3-4`
    : `M${px(start)} ${px(top)}V${px(y - 5)}q0 5 5 5H${px(end - 7)}m-4-3l4 3l-4 3`;

/** Tenths of a pixel. @param {number} value */
const px = (value) => Math.round(value * 10) / 10;

/**
 * @param {DecodedRun} run
 * @param {readonly Row[]} rows
 * @param {Window} window
 * @returns {Scene}
 */
export const sceneOf = (run, rows, window) => {
  const { from, to, left, right } = window;
  const step = msPerPixel(window);
  const bins = binWidth(step);
  const found = rows.map((row) => ({ row, spots: spotsIn(row.lane.times, from - bins, to + bins, bins) }));
  // One scale for all lanes, so that they can be compared; arrivals, which are many more, have their own.
  const most = (/** @type {boolean} */ arrivals) =>
    found
      .filter(({ row }) => (row.lane.kind === 'arrivals') === arrivals)
      .reduce(
        (max, { row, spots }) =>
          spots.reduce((each, spot) => Math.max(each, messagesAt(row.lane, spot)), max),
        0,
      );
  const scale = { arrivals: most(true), ends: most(false) };
  const clip = (/** @type {number} */ time) => Math.min(right, Math.max(left, xOf(window, time)));
  const shown = found.map(({ row, spots }) => {
    const { lane } = row;
    const highest = lane.kind === 'arrivals' ? scale.arrivals : scale.ends;
    const waits = lane.kind !== 'arrivals' && lane.kind !== 'set';
    const stretches = waits ? waitingIn(lane, Math.max(0, from), Math.min(run.duration, to), step) : [];
    return {
      row,
      tone: toneOf(run, lane),
      spots: spots.map((spot) => {
        const cell = cellIn(run, lane, spot);
        const block = cell !== undefined && run.step > bins;
        return {
          ...spot,
          x: xOf(window, block ? cell : spot.time),
          tall: spot.count === 1 && cell === undefined ? 0 : columnHeight(messagesAt(lane, spot), highest),
          block: block ? run.step / step : 0,
        };
      }),
      bands: stretches
        .filter((stretch) => stretch.to - stretch.from > step / 2)
        .map((stretch) => ({
          x: xOf(window, stretch.from),
          wide: (stretch.to - stretch.from) / step,
          thick: bandHeight(stretch.depth),
        })),
      registered: lane.registered
        .filter(([since, until]) => until > from && since < to)
        .map(([since, until]) => /** @type {const} */ ([clip(since), clip(until)])),
    };
  });
  return { rows: shown, arrows: arrowsOf(run, rows, window), columnWidth: Math.max(4, bins / step - 1.5) };
};

/**
 * When the first cell of a spot begins; undefined if all of it are messages.
 *
 * @param {DecodedRun} run
 * @param {import('./lanes.js').Lane} lane
 * @param {Spot} spot
 */
export const cellIn = ({ columns, onlyCounted }, lane, { first, count }) => {
  if (onlyCounted === 0 || lane.kind === 'set') return undefined;
  const found = lane.ids.subarray(first, first + count).findIndex((id) => columns.counted[id] > 0);
  return found < 0 ? undefined : lane.times[first + found];
};

/**
 * The arrows of the messages that were settled in the window; if there are too many, only of those not notified; those that would nearly
 * cover each other are one.
 *
 * @param {DecodedRun} run
 * @param {readonly Row[]} rows
 * @param {Window} window
 */
const arrowsOf = (run, rows, window) => {
  const ranges = rows
    .filter(({ lane }) => lane.kind !== 'arrivals' && lane.kind !== 'set')
    .map((row) => ({
      row,
      first: firstNotBelow(row.lane.times, window.from),
      end: firstAbove(row.lane.times, window.to),
    }));
  const rejected = ranges.filter(({ row }) => row.lane.result !== 0);
  const shown = [ranges, rejected].find(
    (some) =>
      some.reduce(
        (sum, { row, first, end }) => sum + messagesAt(row.lane, { first, count: end - first }),
        0,
      ) <= mostArrows,
  );
  return (shown ?? []).flatMap(({ row, first, end }) => {
    const ids = row.lane.ids.subarray(first, end);
    /** @type {Map<string, string>} */
    const paths = new Map();
    for (const id of ids) {
      if (run.columns.counted[id] > 0) continue;
      const [start, end] = [xOf(window, run.columns.at[id]), xOf(window, run.columns.settledAt[id])];
      const place = `${Math.round(start / 4)} ${Math.round(end / 4)}`;
      if (!paths.has(place)) paths.set(place, arrowPath(start, end, row.y));
    }
    return Array.from(paths.values(), (path) => ({ tone: toneOf(run, row.lane), path }));
  });
};
