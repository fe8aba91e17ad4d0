/**
 * What is shown of a run.
 *
 * @typedef {object} Filter
 * @property {ReadonlySet<number>} hidden results that are not shown, as indexes of the run's marks
 * @property {number} integration the number of a name, 0 for all
 * @property {string} text a text that messages contain, in lower case; empty for all
 *
 * @typedef {import('./decode.js').DecodedRun} DecodedRun
 */

/** @type {Filter} */
export const everything = { hidden: new Set(), integration: 0, text: '' };

/** @param {Filter} filter */
export const isEverything = ({ hidden, integration, text }) =>
  hidden.size === 0 && integration === 0 && text === '';

/** What is searched of each run, made at its first search. @type {WeakMap<DecodedRun, { all: string, ends: Uint32Array }>} */
const searched = new WeakMap();

/** All texts in lower case, joined by a character that none of them has, and where each one ends. @param {DecodedRun} run */
const searchedOf = (run) => {
  const known = searched.get(run);
  if (known !== undefined) return known;
  const lower = run.texts.map((each) => each.toLowerCase());
  const ends = new Uint32Array(lower.length);
  lower.forEach((each, index) => {
    ends[index] = (index === 0 ? 0 : ends[index - 1] + 1) + each.length;
  });
  const made = { all: lower.join('\0'), ends };
  searched.set(run, made);
  return made;
};

/**
 * Which of a run's texts contain a text, as 0 and 1. One search over all of them, as there may be 100,000.
 *
 * @param {DecodedRun} run
 * @param {string} text
 */
const textsWith = (run, text) => {
  const { all, ends } = searchedOf(run);
  const has = new Uint8Array(ends.length);
  let number = 0;
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, ends[number] + 1)) {
    while (ends[number] < at) number += 1;
    has[number] = 1;
    if (number + 1 === ends.length) break;
  }
  return has;
};

/**
 * Which entries pass a filter, as 0 and 1. Of a cell only the integration is known: it passes if that contains the text, as
 * the names of its messages then do.
 *
 * @param {DecodedRun} run
 * @param {Filter} filter
 */
export const passing = (run, { hidden, integration, text }) => {
  const { name, topic, preview, body, resultDetail, integration: own, counted, result } = run.columns;
  const has = text === '' ? undefined : textsWith(run, text);
  const isShown = Uint8Array.from(run.marks, (_, index) => (hidden.has(index) ? 0 : 1));
  const passes = new Uint8Array(run.count);
  for (let id = 0; id < run.count; id += 1) {
    if (isShown[result[id]] === 0 || (integration !== 0 && own[id] !== integration)) continue;
    if (has === undefined) passes[id] = 1;
    else if (counted[id] > 0) passes[id] = has[own[id]];
    else {
      passes[id] = has[name[id]] | has[topic[id]] | has[preview[id]] | has[body[id]] | has[resultDetail[id]];
    }
  }
  return passes;
};

/**
 * The number of messages that a filter can't decide on: they are only counted, and may contain the text or be for the
 * integration.
 *
 * @param {DecodedRun} run
 * @param {Filter} filter
 * @param {Uint8Array} passes
 */
export const undecided = ({ columns, count, marks, onlyCounted }, { hidden, integration, text }, passes) => {
  if (onlyCounted === 0 || (text === '' && integration === 0)) return 0;
  let sum = 0;
  for (let id = 0; id < count; id += 1) {
    if (passes[id] === 1 || columns.counted[id] === 0 || hidden.has(columns.result[id])) continue;
    const own = columns.integration[id];
    const { stop } = marks[columns.result[id]];
    const isFor = own === 0 ? stop !== 'decode' && stop !== 'split' : own === integration;
    if (integration === 0 || isFor) sum += columns.counted[id];
  }
  return sum;
};

/** Shows or hides one result. @param {Filter} filter @param {number} result @returns {Filter} */
export const withResultToggled = (filter, result) => {
  const hidden = new Set(filter.hidden);
  if (!hidden.delete(result)) hidden.add(result);
  return { ...filter, hidden };
};

/** Shows one result alone; shows all again if it already was. @param {Filter} filter @param {number} result @param {number} results @returns {Filter} */
export const withResultAlone = (filter, result, results) => {
  const isAlone = filter.hidden.size === results - 1 && !filter.hidden.has(result);
  const others = Array.from({ length: results }, (_, each) => each).filter((each) => each !== result);
  return { ...filter, hidden: new Set(isAlone ? [] : others) };
};

/** Shows one integration alone; shows all again if it already was. @param {Filter} filter @param {number} integration @returns {Filter} */
export const withIntegrationAlone = (filter, integration) => ({
  ...filter,
  integration: filter.integration === integration ? 0 : integration,
});
