import { lanesOf, resultOf } from './lanes.js';

/**
 * @typedef {import('./store.js').Entry} Entry
 * @typedef {import('./store.js').Store} Store
 */

/**
 * What is shown: times in ms, positions in CSS pixels.
 *
 * @typedef {{ readonly from: number, readonly to: number, readonly left: number, readonly right: number }} Frame
 */

/**
 * A lane with what is in it. A spot is a mark, a band is time that messages waited, a line is time that an app was registered.
 *
 * @typedef {object} Row
 * @property {import('./lanes.js').Lane} lane
 * @property {number} y
 * @property {{ readonly x: number, readonly id: number, readonly result: string }[]} spots
 * @property {Map<string, { readonly x: number, readonly wide: number }[]>} bands by result
 * @property {{ readonly x: number, readonly label: string }[]} changes
 * @property {{ readonly from: number, readonly to: number }[]} lines
 */

/** Heights, px. */
export const axisHeight = 26;
export const rowHeight = 26;

/** Closer than this, marks of one kind are drawn as one, px. */
const closest = 1.5;

/** @param {Frame} frame @param {number} at */
export const xOf = ({ from, to, left, right }, at) => left + ((at - from) / (to - from)) * (right - left);

/**
 * The rows to paint, in order: their number of marks is bounded by their width, not by the number of messages.
 *
 * @param {Store} store
 * @param {Frame} frame
 * @param {readonly string[]} results
 * @returns {readonly Row[]}
 */
export const sceneOf = (store, frame, results) => {
  const { from, to } = frame;
  const shown = store.entries().filter(({ at, end }) => at <= to && (end === undefined || end.at >= from));
  const lanes = lanesOf(shown, store.apps(), results);
  /** @type {Row[]} */
  const rows = lanes.map((lane, index) => ({
    ...{ lane, y: axisHeight + rowHeight * (index + 0.5) },
    ...{ spots: [], bands: new Map(), changes: [], lines: [] },
  }));
  const [arrivals, set] = rows;
  const byLabel = new Map(rows.filter(({ lane }) => lane.kind === 'app').map((row) => [row.lane.label, row]));
  const reasons = new Map(
    rows.filter(({ lane }) => lane.kind === 'reason').map((row) => [row.lane.label, row]),
  );
  const others = rows.find(({ lane }) => lane.kind === 'others');

  for (const entry of shown) {
    const result = resultOf(entry) ?? 'not settled';
    const ended = entry.end?.at ?? to;
    if (entry.at >= from) spot(arrivals, xOf(frame, entry.at), entry.id, 'arrival');
    const row = byLabel.get(entry.app) ?? (entry.app === '' ? undefined : others);
    const x = xOf(frame, Math.max(from, entry.at));
    const last = xOf(frame, Math.min(to, ended));
    if (row !== undefined) band(row, result, x, last);
    if (ended > to || ended < from) continue;
    const home = entry.end === undefined || result === 'notified' ? row : reasons.get(result);
    if (home !== undefined && entry.end !== undefined) spot(home, last, entry.id, result);
  }
  for (const { at, name, isRegistered } of store.changes())
    if (at >= from && at <= to)
      set.changes.push({ x: xOf(frame, at), label: `${isRegistered ? '+' : '−'}${name}` });
  for (const { name, periods } of store.apps()) {
    const row = byLabel.get(name);
    for (const period of periods) {
      if (row === undefined || (period.to ?? to) < from || period.from > to) continue;
      const since = xOf(frame, Math.max(from, period.from));
      row.lines.push({ from: since, to: xOf(frame, Math.min(to, period.to ?? to)) });
    }
  }
  return rows;
};

/** @param {Row} row @param {number} x @param {number} id @param {string} result */
const spot = ({ spots }, x, id, result) => {
  const last = spots.at(-1);
  if (last === undefined || last.result !== result || Math.abs(x - last.x) >= closest)
    spots.push({ x, id, result });
};

/** Adds waiting time, to the band before if they touch. @param {Row} row @param {string} result @param {number} x @param {number} until */
const band = ({ bands }, result, x, until) => {
  const list = bands.get(result) ?? [];
  bands.set(result, list);
  const last = list.at(-1);
  if (last !== undefined && x <= last.x + last.wide && x >= last.x)
    list[list.length - 1] = { x: last.x, wide: Math.max(last.wide, until - last.x) };
  else if (until - x >= 2) list.push({ x, wide: until - x });
};

/**
 * The entry whose mark is nearest to a point, if one is near.
 *
 * @param {readonly Row[]} rows
 * @param {number} x
 * @param {number} y
 */
export const hit = (rows, x, y) => {
  const row = rows.find((each) => Math.abs(each.y - y) <= rowHeight / 2);
  const near = row?.spots.filter((each) => Math.abs(each.x - x) <= 12) ?? [];
  return near.sort((one, other) => Math.abs(one.x - x) - Math.abs(other.x - x))[0]?.id;
};
