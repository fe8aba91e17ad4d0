import type { RuleTest } from './rule-test.js';
import type { Verdict } from './verdict.js';

/** The verdicts on the tests of a file, or what is wrong with the file. */
export interface FileResult {
  readonly file: string;
  /** Each with the file's name and the line. If there are any, no test was run. */
  readonly problems: readonly string[];
  readonly tests: readonly TestResult[];
}

/** The verdict on a test, or what is wrong with the test, each problem with the file's name and the line. */
export interface TestResult {
  readonly test: Pick<RuleTest, 'name' | 'line'>;
  readonly verdict: Verdict | { readonly kind: 'broken'; readonly problems: readonly string[] };
}

/** The number of tests by verdict, and of broken files. */
export const counted = (results: readonly FileResult[]) => {
  const tests = results.flatMap((each) => each.tests);
  const of = (wanted: TestResult['verdict']['kind']): number =>
    tests.filter(({ verdict: { kind } }) => kind === wanted).length;
  const brokenFiles = results.filter(({ problems }) => problems.length > 0).length;
  return {
    tests: tests.length,
    passed: of('passed'),
    failed: of('failed'),
    brokenTests: of('broken'),
    brokenFiles,
  };
};
