import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { lastValueFrom, merge, ReplaySubject, Subject, takeUntil, tap } from 'rxjs';
import { systemClock } from '../lib/clock/system-clock.js';
import { isDirectory, settingsProblem } from '../lib/config/config.js';
import { layout } from '../lib/config/layout.js';
import { problemLine } from '../lib/config/problem.js';
import { type Level, levels } from '../lib/log/describe.js';
import type { Report } from '../lib/log/event.js';
import { lineOutput } from '../lib/log/line-output.js';
import { logger } from '../lib/log/logger.js';
import { knownSessions } from '../lib/mqtt/session/known-sessions.js';
import { count, newTally } from '../lib/rules/tally.js';
import { stateLine } from '../lib/status/show.js';
import { statusFileName } from '../lib/status/status-file.js';
import { acquireLock, lockRefusalText, ownLife } from '../lib/storage/process-lock.js';
import { printable } from '../lib/util/printable.js';
import { monotonicScheduler as scheduler } from '../streams/monotonic-scheduler.js';
import { runEach } from '../streams/operators/run-each.js';
import { daemon } from '../streams/programs/daemon.js';
import { reportStatus } from '../streams/programs/report-status.js';
import { configurations } from '../streams/sources/configurations.js';
import { fileContent } from '../streams/sources/file-content.js';
import { unitFiles } from '../streams/sources/unit-files.js';
import { type Command, complain, parseCommandLine, wrongUsage } from './command.js';
import { exitCode, exitCodesText } from './exit-codes.js';
import { onReload, onStop } from './signals.js';
import { keepHeapSmall } from './small-heap.js';
import { stateDirectoryOf } from './state-directory.js';
import { ownStatusDirectory } from './status-directory.js';
import { stderrStream } from './stderr.js';
import { systemdNotifier } from './systemd.js';
import { userId } from './user-id.js';
import { version } from './version.js';

const usage = `usage: cvmqtt run <config-dir> [options]

Receives this unit's messages and hands each to cvmain, until SIGTERM.

  <config-dir>       cvmain's configuration directory
  --state-dir DIR    where dead letters and the spool are kept; default $STATE_DIRECTORY, else <config-dir>/mq/cvmqtt
  --log-level LEVEL  ${levels.join(', ')}; default info

${exitCodesText('run')} If other files are missing or broken, the daemon waits for them.`;

const options = {
  'state-dir': { type: 'string' },
  'log-level': { type: 'string', default: 'info' },
} as const;

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage('run', usage, line.left);
  const [root, ...more] = line.right.positionals;
  if (root === undefined || more.length > 0)
    return wrongUsage('run', usage, 'give one configuration directory');
  const level = levels.find((each) => each === line.right.values['log-level']);
  if (level === undefined) return wrongUsage('run', usage, `--log-level must be one of ${levels.join(', ')}`);
  return run(resolve(root), line.right.values['state-dir'], level);
};

const run = async (root: string, stateDir: string | undefined, level: Level): Promise<number> => {
  const again$ = new Subject<void>();
  onReload(() => again$.next());
  const log = logTo(stderrStream(), level);
  const systemd = systemdNotifier(log);
  await untilThere(root, (event) => {
    systemd?.status(`waiting for the directory ${root}`);
    log(event);
  });
  const paths = layout(root);
  const problem = settingsProblem(paths);
  if (problem !== undefined) {
    complain(`cvmqtt: ${printable(problemLine(problem))}`);
    return exitCode.config;
  }
  const stateDirectory = stateDirectoryOf(stateDir, process.env, paths.state);
  const lock = acquireLock(stateDirectory, 'daemon');
  if (E.isLeft(lock) && lock.left.reason === 'taken') {
    // Both would deliver the spool, and each would take the broker's session from the other.
    complain(`cvmqtt: process ${lock.left.pid} uses the state directory ${printable(stateDirectory)}`);
    return exitCode.later;
  }
  const status = reportStatus({
    directory: ownStatusDirectory(),
    uid: userId(),
    fileName: statusFileName(root),
    identity: {
      pid: process.pid,
      process: ownLife(),
      boot: systemClock.boot,
      started_at: systemClock.uptimeMs(),
    },
    clock: systemClock,
    scheduler,
    broken: (detail) => log({ kind: 'state-unusable', detail }),
    taken: systemd && ((snapshot) => systemd.status(stateLine(snapshot))),
  });
  systemd?.follow(status.pulse);
  const tally = newTally();
  const report: Report = (event) => {
    if (event.kind === 'dead-letter-lost') tally.dead_letters_lost += 1;
    if (event.kind === 'connected') keepHeapSmall();
    status.report(event);
    systemd?.report(event);
    log(event);
  };
  const stop$ = new ReplaySubject<void>(1);
  let stopping = false;
  const stop = (): void => {
    // A second signal does not wait for the calls in flight.
    if (stopping) process.exit(exitCode.failed);
    stopping = true;
    report({ kind: 'stopping' });
    stop$.next();
  };
  onStop(stop);

  report({ kind: 'starting', version, configDirectory: root, stateDirectory });
  // The daemon continues without persistent state.
  if (E.isLeft(lock)) report({ kind: 'state-unusable', detail: lockRefusalText(lock.left) });
  const session = await knownSessions(stateDirectory, systemClock);
  const watching = {
    layout: paths,
    content: (path: string) => fileContent(path, again$),
    scheduler,
    report,
  };
  const configuration$ = configurations(watching).pipe(takeUntil(stop$));
  const files = unitFiles(watching);
  const settlements$ = runEach(configuration$, (current, replaced$) =>
    daemon({
      config: current,
      stateDirectory,
      files,
      session,
      stop$: merge(replaced$, stop$),
      report,
      observer: status,
    }),
  );
  await lastValueFrom(settlements$.pipe(tap((settlement) => count(tally, settlement))), {
    defaultValue: undefined,
  });
  await status.close();
  await files.close();
  await session.close();
  // Without a lock, the disk can't be written, and there is no spool either.
  if (E.isRight(lock)) lock.right();
  await systemd?.close();
  report({ kind: 'stopped', tally });
  return exitCode.good;
};

/** Waits for the configuration directory: it may be mounted after the daemon starts. */
const untilThere = async (root: string, report: Report): Promise<void> => {
  if (await isDirectory(root)) return;
  report({
    kind: 'file-broken',
    file: root,
    detail: 'is not a readable directory',
    until: 'waiting',
  });
  while (!(await isDirectory(root))) await wait(2_000);
};

/** The daemon's log. */
const logTo = (stream: Writable, level: Level): Report => {
  const log: Report = logger({
    level,
    format: process.stderr.isTTY ? 'text' : 'json',
    now: () => new Date(),
    uptime: () => performance.now(),
    later: (task, ms) => void setTimeout(task, ms).unref(),
    write: lineOutput(stream, (entries) => log({ kind: 'log-entries-dropped', entries })),
  });
  return log;
};

export const command: Command = { usage, main };
