import { counted, duration, plural } from './time.js';

/**
 * The facts of a run, as short texts.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @returns {string[]}
 */
export const factsOf = (run) => [
  plural(run.messages, 'message'),
  duration(run.duration),
  `speed ${run.speed}`,
  run.target === 'dry-run' ? 'dry run' : `to ${run.target}`,
  ...(run.known === 'assumed' ? ['calls are assumed to succeed'] : []),
  ...(run.onlyCounted > 0 ? [`${counted(run.onlyCounted)} of the messages only counted`] : []),
  ...(run.skippedLines > 0 ? [`${plural(run.skippedLines, 'broken line')} skipped`] : []),
  ...(run.startedAt === null
    ? []
    : [`${new Date(run.startedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`]),
];

/**
 * What the percentiles are of. Calls that are assumed take no time: then only the waiting is known.
 *
 * @param {import('./decode.js').DecodedRun['known']} known
 */
export const waitOf = (known) => (known === 'assumed' ? 'waiting time' : 'arrival to notification');

/** The display name of a message. @param {import('./decode.js').DecodedRun} run @param {number} id */
export const titleOf = ({ columns, texts }, id) =>
  columns.name[id] === 0 ? `(no name, on ${texts[columns.topic[id]]})` : texts[columns.name[id]];
