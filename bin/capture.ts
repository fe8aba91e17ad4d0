import { getPriority, setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import * as E from 'fp-ts/lib/Either.js';
import { EMPTY, from, lastValueFrom, merge, NEVER, timer } from 'rxjs';
import { fileOutput, type Output, streamOutput } from '../lib/capture/output.js';
import { describe } from '../lib/log/describe.js';
import { showDuration } from '../lib/util/duration.js';
import { errorCode } from '../lib/util/error-code.js';
import { printable } from '../lib/util/printable.js';
import { showSize } from '../lib/util/size.js';
import { monotonicScheduler as scheduler } from '../streams/monotonic-scheduler.js';
import { type CaptureCounts, capture } from '../streams/programs/capture.js';
import { watchedFile } from '../streams/sources/file-content.js';
import { integrations } from '../streams/sources/integrations.js';
import { parseOptions, usage } from './capture/options.js';
import { type Command, complain, exitCode, untilSignal, wrongUsage } from './command.js';
import { readWhere } from './listen/listen-target.js';
import { liveLine } from './live-line.js';

/** A capture looks on: where there is too little CPU for all, the daemon and the broker go first. */
const niceness = 5;

const main = async (args: readonly string[]): Promise<number> => {
  const options = parseOptions(args);
  if (E.isLeft(options)) return wrongUsage('capture', usage, options.left);
  const { values, root, output: path, forMs, keep, ...limits } = options.right;
  const where = await readWhere('capture', values, root);
  if (E.isLeft(where)) return failed(where.left.detail, where.left.code);
  setPriority(Math.max(niceness, getPriority()));
  const stop$ = merge(from(untilSignal()), forMs === undefined ? NEVER : timer(forMs));
  let output: Output;
  try {
    output = path === '-' ? streamOutput(process.stdout) : await fileOutput(path, keep);
  } catch (error) {
    return failed(`${path}: ${errorCode(error) ?? 'unknown error'}`, exitCode.failed);
  }

  const counts: CaptureCounts = { messages: 0, bytes: 0, connections: 0 };
  const startedAt = performance.now();
  const progress = (): string => progressLine(counts, performance.now() - startedAt);
  const live = liveLine(progress);
  const report: Parameters<typeof where.right.credentials$>[0] = (event) =>
    live.tell(describe(event).message);
  const { config } = where.right;
  const integrations$ =
    config === undefined
      ? EMPTY
      : integrations(watchedFile(config.layout.integrations, { scheduler, report }));
  const captured$ = capture(
    {
      ...where.right,
      credentials$: where.right.credentials$(report),
      ...Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)),
      integrations$,
      output,
      stop$,
      now: Date.now,
      scheduler,
      random: Math.random,
      report,
    },
    counts,
  );
  try {
    await lastValueFrom(captured$, { defaultValue: undefined });
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    // Who read stdout has seen enough.
    if (!(path === '-' && code === 'EPIPE')) return failed(`${path}: ${code}`, exitCode.failed);
  } finally {
    live.end();
  }
  complain(`captured ${progress()}${gaps(counts)}`);
  if (counts.connections === 0) return failed('the broker was never reached', exitCode.failed);
  return exitCode.good;
};

const progressLine = ({ messages, bytes }: CaptureCounts, elapsedMs: number): string => {
  const rate = elapsedMs > 0 ? Math.round((messages * 1_000) / elapsedMs) : 0;
  return `${messages} messages, ${rate}/s, ${showSize(bytes)}, ${showDuration(elapsedMs)}`;
};

const gaps = ({ connections }: CaptureCounts): string =>
  connections > 1 ? `; connected ${connections} times: what came in between is missing` : '';

const failed = (detail: string, code: number): number => {
  complain(`cvmqtt capture: ${printable(detail)}`);
  return code;
};

export const command: Command = { usage, main };
