import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { problemLine } from '../lib/config/problem.js';
import { readUnit } from '../lib/config/unit.js';
import { defaultGiven, type Given } from '../lib/rule-test/given.js';
import { junit } from '../lib/rule-test/junit.js';
import { parseRuleTests } from '../lib/rule-test/parse.js';
import { fileLines, summary } from '../lib/rule-test/report.js';
import { counted, type FileResult } from '../lib/rule-test/results.js';
import { verdict } from '../lib/rule-test/verdict.js';
import { readGiven } from '../lib/storage/read-given.js';
import { errorCode } from '../lib/util/error-code.js';
import { printable } from '../lib/util/printable.js';
import { runRuleTest } from '../streams/programs/rule-test.js';
import { type Command, complain, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { styleFor } from './style.js';
import type { Options, Usage } from './usage.js';

const options = {
  'config-dir': {
    type: 'string',
    value: 'DIR',
    help: "cvmain's configuration directory: its files apply unless a test says otherwise",
    path: 'directory',
  },
  junit: { type: 'string', value: 'FILE', help: 'also write the results as JUnit XML', path: 'file' },
} as const satisfies Options;

const usage: Usage = {
  name: 'test',
  forms: [['FILE... [options]']],
  about:
    "Runs rule tests: messages, changes of the registered apps, and the expected result of each message, as marble diagrams (docs/rule-tests.md). The daemon's own pipeline runs in virtual time, so a hold of an hour takes no time. Nothing is sent.",
  arguments: [{ name: 'FILE', path: 'file', many: true }],
  options,
  exitCodes: {
    0: 'all tests passed',
    1: 'a test failed or a file is broken',
    78: 'invalid configuration',
  },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  if (positionals.length === 0) return wrongUsage(usage, 'give at least one file of rule tests');
  const given = await givenBy(values['config-dir']);
  if (E.isLeft(given)) {
    complain(`cvmqtt test: ${printable(given.left)}`);
    return exitCode.config;
  }
  const style = styleFor(process.stdout);
  const results: FileResult[] = [];
  for (const file of positionals) {
    const result = resultOf(file, given.right);
    results.push(result);
    for (const each of fileLines(result, style)) print(each);
  }
  print(summary(results));
  const written = values.junit === undefined || (await write(values.junit, junit(results)));
  const { failed, broken } = counted(results);
  return written && failed + broken === 0 ? exitCode.good : exitCode.failed;
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

const resultOf = (file: string, given: Given): FileResult =>
  pipe(
    readGiven(file),
    E.mapLeft((failure) => [`${file}: ${failure.reason === 'absent' ? 'does not exist' : failure.detail}`]),
    E.chain((text) =>
      pipe(
        parseRuleTests(text, given),
        E.mapLeft((problems) => problems.map(({ line, detail }) => `${file}:${line}: ${detail}`)),
      ),
    ),
    E.match(
      (problems): FileResult => ({ file, problems, tests: [] }),
      (tests): FileResult => ({
        file,
        problems: [],
        tests: tests.map((test) => ({ test, verdict: verdict(test, runRuleTest(test)) })),
      }),
    ),
  );

const write = async (file: string, content: string): Promise<boolean> => {
  try {
    await writeFile(file, content);
    return true;
  } catch (error) {
    complain(`cvmqtt test: ${printable(file)} can't be written (${errorCode(error) ?? 'unknown error'})`);
    return false;
  }
};

export const command: Command = { usage, main };
