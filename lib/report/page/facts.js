import { counted, duration } from './time.js';

/** @param {number} count @param {string} one */
const several = (count, one) => `${counted(count)} ${one}${count === 1 ? '' : 's'}`;

/**
 * The facts of a run, as short texts.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @returns {string[]}
 */
export const factsOf = ({ count, duration: took, speed, target, skippedLines, leftOut, startedAt }) => [
  several(count, 'message'),
  duration(took),
  `speed ${speed}`,
  target === 'dry-run' ? 'dry run' : `to ${target}`,
  ...(leftOut > 0 ? [`${several(leftOut, 'more message')} left out`] : []),
  ...(skippedLines > 0 ? [`${several(skippedLines, 'broken line')} skipped`] : []),
  ...(startedAt === null ? [] : [`${new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`]),
];
