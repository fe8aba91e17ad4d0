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

/** The texts of each run in lower case, made at its first search. @type {WeakMap<DecodedRun, readonly string[]>} */
const lowered = new WeakMap();

/** @param {DecodedRun} run */
const lowerTexts = (run) => {
  const known = lowered.get(run) ?? run.texts.map((each) => each.toLowerCase());
  lowered.set(run, known);
  return known;
};

/**
 * Which entries pass a filter, as 0 and 1. Searches each distinct text once. Of a cell only the integration is known: it
 * passes if that contains the text, as the names of its messages then do.
 *
 * @param {DecodedRun} run
 * @param {Filter} filter
 */
export const passing = (run, { hidden, integration, text }) => {
  const { columns } = run;
  const searched = [columns.name, columns.topic, columns.preview, columns.body, columns.resultDetail];
  const has = text === '' ? [] : lowerTexts(run).map((each) => each.includes(text));
  const passes = new Uint8Array(run.count);
  for (let id = 0; id < run.count; id += 1) {
    if (hidden.has(columns.result[id])) continue;
    if (integration !== 0 && columns.integration[id] !== integration) continue;
    if (text !== '') {
      if (columns.counted[id] > 0 && !has[columns.integration[id]]) continue;
      if (columns.counted[id] === 0 && !searched.some((column) => has[column[id]])) continue;
    }
    passes[id] = 1;
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
