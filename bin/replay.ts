import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../lib/report/run.js';
import { checkOutputFile, writeOutputFile } from '../lib/storage/output-file.js';
import { plural } from '../lib/util/plural.js';
import { printable } from '../lib/util/printable.js';
import { type Command, complain, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { type Options, parseOptions } from './replay/options.js';
import { type ReplayRules, readRules } from './replay/rules.js';
import { runCaptures } from './replay/run-captures.js';
import { dryRunSink, type Sink } from './replay/sink.js';
import { sourceOf } from './replay/source.js';
import { usage } from './replay/usage.js';
import { keepHeapSmall } from './small-heap.js';
import { exitSoon } from './stderr.js';

const main = async (args: readonly string[]): Promise<number> => {
  const options = parseOptions(args);
  if (E.isLeft(options)) return wrongUsage(usage, options.left);
  return run(options.right);
};

const run = async (options: Options): Promise<number> => {
  if (options.report !== undefined) {
    const writable = await checkOutputFile(options.report.file);
    if (E.isLeft(writable)) return failed(writable.left, exitCode.failed);
  }
  if (options.against !== undefined) {
    const { compare } = await import('./replay/compare.js');
    return compare(options, options.against);
  }
  const rules = await readRules(options);
  const daemon = E.isRight(rules) ? rules.right.clientId : undefined;
  const source = await sourceOf(options, daemon);
  if (E.isLeft(source)) return failed(source.left, exitCode.failed);
  const { target } = options;
  // Loaded on demand: a dry run talks to nobody.
  if (target.kind === 'broker') {
    const { republish } = await import('./replay/republish.js');
    const code = await republish(options, target, source.right);
    return source.right.unread() > 0 ? exitCode.failed : code;
  }
  if (E.isLeft(rules)) return failed(rules.left, exitCode.config);
  // What is kept for a report lives long: V8's defaults would let the heap grow to four times of it.
  if (options.report !== undefined) keepHeapSmall();
  const sink = await sinkOf(options, rules.right);
  const { complete, broken, run: drawn } = await runCaptures(options, rules.right, source.right, sink);
  if (options.report !== undefined && drawn !== undefined) {
    const written = await draw(options.report, drawn);
    if (E.isLeft(written)) return failed(written.left, exitCode.failed);
    sayWhatIsCounted(drawn);
  }
  // A pipe may never get a writer.
  if (!complete) exitSoon(exitCode.failed);
  const readAll = source.right.unread() === 0 && !(options.strict && broken > 0);
  return complete && readAll ? exitCode.good : exitCode.failed;
};

const sinkOf = async (options: Options, rules: ReplayRules): Promise<Sink> => {
  if (options.target.kind !== 'cvmain' || rules.config === undefined) return dryRunSink(options, rules);
  const { cvmainSink } = await import('./replay/cvmain-sink.js');
  return cvmainSink(rules.config);
};

const sayWhatIsCounted = ({ messages, rest }: Run): void => {
  if (rest === undefined) return;
  const counted = rest.cells.reduce((sum, { count }) => sum + count, 0);
  complain(
    `cvmqtt replay: the report shows ${plural(messages.length, 'message')} one by one, and ${counted} more as counts only; for all details, draw a part with --from and --to`,
  );
};

/** Writes the report of a run. Left: why it could not be written. */
const draw = async (
  { file, kind }: NonNullable<Options['report']>,
  drawn: Run,
): Promise<E.Either<string, void>> => {
  const { htmlReport, svgReport } = await import('../lib/report/report.js');
  return writeOutputFile(file, kind === 'html' ? htmlReport(drawn) : svgReport(drawn));
};

const failed = (detail: string, code: number): number => {
  complain(`cvmqtt replay: ${printable(detail)}`);
  return code;
};

export const command: Command = { usage, main };
