import { compactDuration } from '../util/duration.js';
import { type Difference, firstDifference } from './difference.js';
import { picture } from './picture.js';
import type { Ended, RuleTest, Run } from './rule-test.js';

/** What a rule test came to. */
export type Verdict =
  | { readonly kind: 'passed' }
  | {
      readonly kind: 'failed';
      /** In one line. */
      readonly headline: string;
      /** The diagrams, and what differs first. */
      readonly lines: readonly string[];
    };

/** Holds what a run found against what its test expects. Names and payloads are in it as they came. */
export const verdict = (test: RuleTest, { ended, endless }: Run): Verdict => {
  const difference = firstDifference(test.expected, ended);
  if (difference !== undefined) {
    const { frame, expected, found } = difference;
    const time = compactDuration(frame * test.given.frameMs);
    return {
      kind: 'failed',
      headline: `at ${time} (column ${frame + 1}): expected ${briefly(expected)}, found ${briefly(found)}`,
      lines: [...picture(test, ended, difference), ...inWords(time, difference)],
    };
  }
  if (!endless) return { kind: 'passed' };
  const headline = 'it goes on without end: let it end with "|"';
  return { kind: 'failed', headline, lines: [headline] };
};

const inWords = (time: string, { frame, expected, found }: Difference): readonly string[] => [
  `the first difference is at ${time} (column ${frame + 1}):`,
  ...listed('expected', expected),
  ...listed('found', found),
];

const listed = (title: string, ended: readonly Ended[]): readonly string[] =>
  (ended.length === 0 ? ['nothing'] : ended.map(inFull)).map(
    (each, at) => `  ${(at === 0 ? title : '').padEnd(8)}  ${each}`,
  );

const inFull = ({ letter, end, detail }: Ended): string =>
  `${letter} ${end}${detail === undefined ? '' : `: ${detail}`}`;

const briefly = (ended: readonly Ended[]): string =>
  ended.length === 0 ? 'nothing' : ended.map(({ letter, end }) => `${letter} ${end}`).join(', ');
