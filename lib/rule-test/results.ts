import type { RuleTest } from './rule-test.js';
import type { Verdict } from './verdict.js';

/** What became of the tests of a file: their verdicts, or what is wrong with the file. */
export interface FileResult {
  readonly file: string;
  /** Each with the file's name and the line; where there is one, no test was run. */
  readonly problems: readonly string[];
  readonly tests: readonly TestResult[];
}

/** What became of a test. */
export interface TestResult {
  readonly test: Pick<RuleTest, 'name' | 'line'>;
  readonly verdict: Verdict;
}

/** How many tests and files came to what. */
export const counted = (results: readonly FileResult[]) => {
  const tests = results.flatMap((each) => each.tests);
  const failed = tests.filter(({ verdict }) => verdict.kind === 'failed').length;
  const broken = results.filter(({ problems }) => problems.length > 0).length;
  return { tests: tests.length, passed: tests.length - failed, failed, broken };
};
