import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { backAtEnd, withOutages } from '../../lib/capture/outages.js';
import type { Records } from '../../lib/capture/record.js';
import { withSets } from '../../lib/capture/select.js';
import { defaultGiven } from '../../lib/rule-test/given.js';
import { incidentOf } from '../../lib/rule-test/incident/from-records.js';
import { type WrittenTest, writeIncident } from '../../lib/rule-test/incident/write.js';
import { errorCode } from '../../lib/util/error-code.js';
import { printable } from '../../lib/util/printable.js';
import { runRuleTest } from '../../streams/programs/rule-test.js';
import { complain } from '../command.js';
import { exitCode } from '../exit-codes.js';
import { brokenLines } from '../replay/broken-lines.js';
import type { Options } from '../replay/options.js';
import { type ReplayRules, readRules } from '../replay/rules.js';
import { type Source, sourceOf } from '../replay/source.js';

/**
 * Writes a rule test from captures, read as `replay` does: to stdout, or to a file that must not exist yet. Resolves to the
 * exit code.
 */
export const testFromCapture = async (options: Options, output: string | undefined): Promise<number> => {
  const rules = await readRules(options);
  if (E.isLeft(rules)) return failed(rules.left, exitCode.config);
  const source = await sourceOf(options, rules.right.clientId, 'test');
  if (E.isLeft(source)) return failed(source.left, exitCode.failed);
  const written = await testOf(options, source.right, rules.right);
  if (E.isLeft(written)) return failed(`the capture ${written.left}`, exitCode.failed);
  const { text, notes } = written.right;
  for (const note of notes) complain(`cvmqtt test: not in the test: ${printable(note)}`);
  if (output === undefined) process.stdout.write(text);
  else {
    const problem = await write(output, text);
    if (problem !== undefined) return failed(problem, exitCode.failed);
  }
  return source.right.unread() === 0 ? exitCode.good : exitCode.failed;
};

const testOf = async (
  { files }: Options,
  { records }: Source,
  rules: ReplayRules,
): Promise<E.Either<string, WrittenTest>> => {
  const { settings, cvmain, outages, timeline, filters, badCalls } = rules;
  const given = {
    ...defaultGiven,
    settings,
    cvmain,
    ...(filters === undefined ? {} : { filters }),
    registered: rules.integrations ?? defaultGiven.registered,
  };
  const reported = withReports(records);
  const withKnownSets = timeline === undefined ? reported : withSets(timeline, reported);
  const timed = outages === undefined ? withKnownSets : withOutages(outages, withKnownSets);
  const recorded = await incidentOf(
    backAtEnd(timed, () => undefined),
    given,
    filters,
  );
  const title = files.map((file) => (file === '-' ? 'stdin' : basename(file))).join(', ');
  const known = badCalls === undefined ? recorded : { ...recorded, badCalls };
  return writeIncident(title, known, given, runRuleTest);
};

/** The same records; broken lines are reported on stderr. */
async function* withReports(records: Records): Records {
  const broken = brokenLines('test');
  for await (const batch of records) {
    for (const record of batch) if (record.kind === 'broken') broken.take(record);
    yield batch;
  }
}

/** Writes a new file; undefined, or why it can't be written. */
const write = async (file: string, text: string): Promise<string | undefined> => {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return undefined;
  } catch (error) {
    return errorCode(error) === 'EEXIST'
      ? `${file} exists already: it is not overwritten`
      : `${file} can't be written (${errorCode(error) ?? 'unknown error'})`;
  }
};

const failed = (detail: string, code: number): number => {
  complain(`cvmqtt test: ${printable(detail)}`);
  return code;
};
