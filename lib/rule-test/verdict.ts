import { compactDuration } from '../util/duration.js';
import { type Difference, firstDifference } from './difference.js';
import { picture } from './picture.js';
import type { MessageResult, RuleTest, Run } from './rule-test.js';

/** The verdict on a rule test. */
export type Verdict =
  | { readonly kind: 'passed' }
  | {
      readonly kind: 'failed';
      /** The first difference in one line. */
      readonly headline: string;
      /** The diagrams, and the first difference in detail. */
      readonly lines: readonly string[];
    };

/** Compares a run with what its test expects. The texts are not escaped: they may contain names and payloads. */
export const verdict = (test: RuleTest, { results, endless }: Run): Verdict => {
  const difference = firstDifference(test.expected, results);
  if (difference !== undefined) {
    const { frame, expected, found } = difference;
    const time = compactDuration(frame * test.given.frameMs);
    return {
      kind: 'failed',
      headline: `at ${time} (column ${frame + 1}): expected ${briefly(expected)}, found ${briefly(found)}`,
      lines: [...picture(test, results, difference), ...inWords(time, difference)],
    };
  }
  if (!endless) return { kind: 'passed' };
  const headline = 'the run does not end: end it with "|"';
  return { kind: 'failed', headline, lines: [headline] };
};

const inWords = (time: string, { frame, expected, found }: Difference): readonly string[] => [
  `the first difference is at ${time} (column ${frame + 1}):`,
  ...listed('expected', expected),
  ...listed('found', found),
];

const listed = (title: string, results: readonly MessageResult[]): readonly string[] =>
  (results.length === 0 ? ['nothing'] : results.map(inFull)).map(
    (each, at) => `  ${(at === 0 ? title : '').padEnd(8)}  ${each}`,
  );

const inFull = ({ letter, result, detail }: MessageResult): string =>
  `${letter} ${result}${detail === undefined ? '' : `: ${detail}`}`;

const briefly = (results: readonly MessageResult[]): string =>
  results.length === 0 ? 'nothing' : results.map(({ letter, result }) => `${letter} ${result}`).join(', ');
