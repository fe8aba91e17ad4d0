import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { problemLine } from '../../lib/config/problem.js';
import { parseSettings } from '../../lib/config/settings.js';
import { readUnit } from '../../lib/config/unit.js';
import { defaultGiven, type Given } from '../../lib/rule-test/given.js';
import { junit } from '../../lib/rule-test/junit.js';
import { type BrokenTest, parseRuleTests } from '../../lib/rule-test/parse.js';
import type { Problem } from '../../lib/rule-test/problem.js';
import { fileLines, summary } from '../../lib/rule-test/report.js';
import { counted, type FileResult, type TestResult } from '../../lib/rule-test/results.js';
import type { RuleTest } from '../../lib/rule-test/rule-test.js';
import { verdict } from '../../lib/rule-test/verdict.js';
import { checkOutputFile, writeOutputFile } from '../../lib/storage/output-file.js';
import { readGiven } from '../../lib/storage/read-given.js';
import { printable } from '../../lib/util/printable.js';
import { runRuleTest } from '../../streams/programs/rule-test.js';
import { complain, print } from '../command.js';
import { exitCode } from '../exit-codes.js';
import { styleFor } from '../style.js';

/** What to test, and by which rules. */
export interface TestRun {
  readonly files: readonly string[];
  /** cvmain's configuration directory, if its rules apply. */
  readonly configDirectory?: string;
  /** A file like mq/cvmqtt.json, in place of the directory's. */
  readonly settingsFile?: string;
  /** Where the results go as JUnit XML, too. */
  readonly junitFile?: string;
}

/** Runs the tests of all files and prints their results. Resolves to the exit code. */
export const runTests = async ({
  files,
  configDirectory,
  settingsFile,
  junitFile,
}: TestRun): Promise<number> => {
  const given = pipe(await givenBy(configDirectory), E.chain(withSettings(settingsFile)));
  if (E.isLeft(given)) return failed(given.left, exitCode.config);
  const writable = junitFile === undefined ? E.right(undefined) : await checkOutputFile(junitFile);
  if (E.isLeft(writable)) return failed(writable.left);
  const style = styleFor(process.stdout);
  const results: FileResult[] = [];
  for (const file of files) {
    const result = resultOf(file, given.right);
    results.push(result);
    for (const each of fileLines(result, style)) print(each);
  }
  print(summary(results));
  const written =
    junitFile === undefined ? E.right(undefined) : await writeOutputFile(junitFile, junit(results));
  if (E.isLeft(written)) return failed(written.left);
  const { tests, passed, brokenFiles } = counted(results);
  return passed === tests && brokenFiles === 0 ? exitCode.good : exitCode.failed;
};

const givenBy = async (directory: string | undefined): Promise<E.Either<string, Given>> => {
  if (directory === undefined) return E.right(defaultGiven);
  return pipe(
    await readUnit(resolve(directory)),
    E.bimap(problemLine, ({ config, filters, integrations }) => ({
      ...defaultGiven,
      settings: config.settings,
      cvmain: config.cvmain,
      filters: filters ?? defaultGiven.filters,
      registered: integrations,
    })),
  );
};

const withSettings =
  (file: string | undefined) =>
  (given: Given): E.Either<string, Given> =>
    file === undefined
      ? E.right(given)
      : pipe(
          textOf(file),
          E.chain((text) =>
            pipe(
              parseSettings(text),
              E.mapLeft((detail) => `${file}: ${detail}`),
            ),
          ),
          E.map((settings) => ({ ...given, settings })),
        );

/** The text of a file. Left: why it can't be read. */
const textOf = (file: string): E.Either<string, string> =>
  pipe(
    readGiven(file),
    E.mapLeft((failure) => `${file}: ${failure.reason === 'absent' ? 'does not exist' : failure.detail}`),
  );

const resultOf = (file: string, given: Given): FileResult =>
  pipe(
    textOf(file),
    E.match(
      (problem): FileResult => ({ file, problems: [problem], tests: [] }),
      (text): FileResult => {
        const { problems, tests } = parseRuleTests(text, given);
        return { file, problems: located(file, problems), tests: tests.map(testResult(file)) };
      },
    ),
  );

const testResult = (file: string): ((test: E.Either<BrokenTest, RuleTest>) => TestResult) =>
  E.match(
    (test): TestResult => ({ test, verdict: { kind: 'broken', problems: located(file, test.problems) } }),
    (test): TestResult => ({ test, verdict: verdict(test, runRuleTest(test)) }),
  );

const located = (file: string, problems: readonly Problem[]): readonly string[] =>
  problems.map(({ line, detail }) => `${file}:${line}: ${detail}`);

const failed = (detail: string, code: number = exitCode.failed): number => {
  complain(`cvmqtt test: ${printable(detail)}`);
  return code;
};
