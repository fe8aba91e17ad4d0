import { getPriority, setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import * as E from 'fp-ts/lib/Either.js';
import { EMPTY, from, lastValueFrom, merge, NEVER, timer } from 'rxjs';
import { fileOutput, type Output, streamOutput } from '../lib/capture/output.js';
import { connectCvmain } from '../lib/cvmain/client.js';
import { describe } from '../lib/log/describe.js';
import { showDuration } from '../lib/util/duration.js';
import { errorCode } from '../lib/util/error-code.js';
import { plural } from '../lib/util/plural.js';
import { printable } from '../lib/util/printable.js';
import { showSize } from '../lib/util/size.js';
import { monotonicScheduler as scheduler } from '../streams/monotonic-scheduler.js';
import { type CaptureCounts, capture } from '../streams/programs/capture.js';
import { servesChanges } from '../streams/sources/cvmain.js';
import { watchedFile } from '../streams/sources/file-content.js';
import { integrations } from '../streams/sources/integrations.js';
import { parseOptions, usage } from './capture/options.js';
import { type Command, complain, untilSignal, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { readListenTarget } from './listen/listen-target.js';
import { liveLine } from './live-line.js';

/** A capture only observes: when CPU is short, the daemon and the broker go first. */
const niceness = 5;

const main = async (args: readonly string[]): Promise<number> => {
  const options = parseOptions(args);
  if (E.isLeft(options)) return wrongUsage(usage, options.left);
  const { values, root, output: path, forMs, keep, ...limits } = options.right;
  const target = await readListenTarget('capture', values, root);
  if (E.isLeft(target)) return failed(target.left.detail, target.left.code);
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
  const report: Parameters<typeof target.right.credentials$>[0] = (event) =>
    live.print(describe(event).message);
  const { config } = target.right;
  const integrations$ =
    config === undefined
      ? EMPTY
      : integrations(watchedFile(config.layout.integrations, { scheduler, report }));
  const cvmain =
    config === undefined
      ? undefined
      : connectCvmain({
          library: config.settings.grpc_client,
          address: config.cvmain.address,
          callDeadlineMs: config.settings.call_deadline_ms,
        });
  const captured$ = capture(
    {
      ...target.right,
      credentials$: target.right.credentials$(report),
      ...Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)),
      integrations$,
      cvmainServes$: cvmain === undefined ? EMPTY : servesChanges(cvmain, scheduler),
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
    // The reader of stdout has closed it, as head does.
    if (!(path === '-' && code === 'EPIPE')) return failed(`${path}: ${code}`, exitCode.failed);
  } finally {
    live.end();
    cvmain?.close();
  }
  complain(`captured ${progress()}${gaps(counts)}`);
  if (counts.connections === 0) return failed('never connected to the broker', exitCode.failed);
  return exitCode.good;
};

const progressLine = ({ messages, bytes }: CaptureCounts, elapsedMs: number): string => {
  const rate = elapsedMs > 0 ? Math.round((messages * 1_000) / elapsedMs) : 0;
  return `${plural(messages, 'message')}, ${rate}/s, ${showSize(bytes)}, ${showDuration(elapsedMs)}`;
};

const gaps = ({ connections }: CaptureCounts): string =>
  connections > 1 ? `; connected ${connections} times: messages sent in between are missing` : '';

const failed = (detail: string, code: number): number => {
  complain(`cvmqtt capture: ${printable(detail)}`);
  return code;
};

export const command: Command = { usage, main };
