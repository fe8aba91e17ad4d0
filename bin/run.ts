import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { lastValueFrom, merge, ReplaySubject, Subject, takeUntil, tap } from 'rxjs';
import { systemClock } from '../lib/clock/system-clock.js';
import { isDirectory, settingsProblem } from '../lib/config/config.js';
import { layout } from '../lib/config/layout.js';
import { problemLine } from '../lib/config/problem.js';
import type { Report } from '../lib/log/event.js';
import { type Level, levels } from '../lib/log/record.js';
import { knownSessions } from '../lib/mqtt/session/known-sessions.js';
import { Counters } from '../lib/status/counters.js';
import { countedDisk, countedFiles } from '../lib/storage/counted.js';
import { systemDisk } from '../lib/storage/disk.js';
import { acquireLock, lockRefusalText } from '../lib/storage/process-lock.js';
import { reportingFiles, systemFiles } from '../lib/storage/whole-files.js';
import { monotonicScheduler as scheduler } from '../streams/monotonic-scheduler.js';
import { runEach } from '../streams/operators/run-each.js';
import { daemon } from '../streams/programs/daemon.js';
import { hourlyTraffic } from '../streams/programs/hourly-traffic.js';
import { observers } from '../streams/programs/observer.js';
import { outsideWith } from '../streams/programs/outside.js';
import { recordedFiles } from '../streams/programs/recorded-files.js';
import { configurations } from '../streams/sources/configurations.js';
import { fileContent } from '../streams/sources/file-content.js';
import { unitFiles } from '../streams/sources/unit-files.js';
import { type Command, parseCommandLine, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { daemonLog, refuse } from './run/log.js';
import { observing } from './run/observing.js';
import { onReload, onStop } from './signals.js';
import { stateDirectoryOf, stateDirOption } from './state-directory.js';
import { systemdNotifier } from './systemd.js';
import { configDirectory, type Options, type Usage } from './usage.js';
import { version } from './version.js';

const options = {
  'state-dir': stateDirOption,
  'log-level': {
    type: 'string',
    default: 'info',
    value: 'LEVEL',
    help: `${levels.join(', ')}; default info`,
    words: levels,
  },
} as const satisfies Options;

const usage: Usage = {
  name: 'run',
  forms: [['<config-dir> [options]']],
  about: "Receives this unit's messages and hands each to cvmain, until SIGTERM.",
  arguments: [configDirectory],
  options,
  notes: 'If other files than mq/cvmqtt.json are missing or broken, the daemon waits for them.',
  exitCodes: {
    0: 'stopped by a signal',
    1: 'stopped by a second one',
    75: 'another daemon uses this state directory',
    78: 'mq/cvmqtt.json is invalid',
  },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const [root, ...more] = line.right.positionals;
  if (root === undefined || more.length > 0) return wrongUsage(usage, 'give one configuration directory');
  const level = levels.find((each) => each === line.right.values['log-level']);
  if (level === undefined) return wrongUsage(usage, `--log-level must be one of ${levels.join(', ')}`);
  return run(resolve(root), line.right.values['state-dir'], level);
};

const run = async (root: string, stateDir: string | undefined, level: Level): Promise<number> => {
  const again$ = new Subject<void>();
  onReload(() => again$.next());
  const log = daemonLog(level);
  const systemd = systemdNotifier(log);
  await untilThere(root, (event) => {
    systemd?.status(`waiting for the directory ${root}`);
    log(event);
  });
  const paths = layout(root);
  const problem = settingsProblem(paths);
  if (problem !== undefined) {
    refuse(problemLine(problem));
    return exitCode.config;
  }
  const stateDirectory = stateDirectoryOf(stateDir, process.env, paths.state);
  const lock = acquireLock(stateDirectory, 'daemon');
  if (E.isLeft(lock) && lock.left.reason === 'taken') {
    // Both would deliver the spool, and each would take the broker's session from the other.
    refuse(`process ${lock.left.pid} uses the state directory ${stateDirectory}`);
    return exitCode.later;
  }
  const counters = new Counters();
  const { report, status, flight } = observing({ root, counters, log, systemd });
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
  const session = await knownSessions(
    stateDirectory,
    systemClock,
    (found) => report({ kind: 'state-newer', ...found }),
    reportingFiles(countedFiles(systemFiles, status.wrote), (detail) =>
      report({ kind: 'state-unusable', detail }),
    ),
  );
  const watching = {
    layout: paths,
    content: (path: string) => fileContent(path, again$),
    scheduler,
    report,
  };
  const configuration$ = configurations(watching).pipe(
    takeUntil(stop$),
    tap(({ settings }) => flight.configure(settings)),
  );
  const files = unitFiles(watching);
  const settlements$ = runEach(configuration$, (current, replaced$) =>
    daemon({
      config: current,
      stateDirectory,
      files: recordedFiles(files, flight),
      session,
      stop$: merge(replaced$, stop$),
      report,
      observer: observers(status, flight),
      status,
      outside: outsideWith(countedDisk(systemDisk, status.wrote)),
    }),
  );
  const hourly = hourlyTraffic(counters, scheduler, log);
  await lastValueFrom(settlements$, { defaultValue: undefined });
  hourly.unsubscribe();
  await status.close();
  flight.close();
  await files.close();
  await session.close();
  // Without a lock, the disk can't be written, and there is no spool either.
  if (E.isRight(lock)) lock.right();
  await systemd?.close();
  report({ kind: 'stopped', tally: counters.tally });
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

export const command: Command = { usage, main };
