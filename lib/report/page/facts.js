import { duration, plural } from './time.js';

/**
 * The facts of a run, as short texts.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @returns {string[]}
 */
export const factsOf = ({ count, duration: took, speed, target, skippedLines, leftOut, startedAt }) => [
  plural(count, 'message'),
  duration(took),
  `speed ${speed}`,
  target === 'dry-run' ? 'dry run' : `to ${target}`,
  ...(leftOut > 0 ? [`${plural(leftOut, 'more message')} left out`] : []),
  ...(skippedLines > 0 ? [`${plural(skippedLines, 'broken line')} skipped`] : []),
  ...(startedAt === null ? [] : [`${new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`]),
];
