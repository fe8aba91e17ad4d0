import { join, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { fromEvent, lastValueFrom, merge, ReplaySubject, skip, takeUntil, tap } from 'rxjs';
import { AckWindow } from '../lib/broker/ack-window.js';
import { readConfig } from '../lib/config/config.js';
import { problemLine } from '../lib/config/problem.js';
import { claim } from '../lib/files/claim.js';
import { sessionRecord } from '../lib/files/session-record.js';
import { type Level, levels } from '../lib/log/describe.js';
import type { Report } from '../lib/log/event.js';
import { logger } from '../lib/log/logger.js';
import { printable } from '../lib/log/printable.js';
import { count, newTally } from '../lib/tally.js';
import { daemon } from '../streams/daemon.js';
import { fileContent } from '../streams/file-content.js';
import { configurations, runEach } from '../streams/reload.js';
import { type Command, complain, exitCode, parseCommandLine, wrongUsage } from './command.js';
import { keepHeapSmall } from './small-heap.js';
import { version } from './version.js';

const usage = `usage: cvmqtt run <config-dir> [options]

Receives the messages of this unit and hands each to cvmain, until SIGTERM.

  <config-dir>       cvmain's configuration directory
  --state-dir DIR    where dead letters are kept; default $STATE_DIRECTORY, else <config-dir>/mq/cvmqtt
  --log-level LEVEL  ${levels.join(', ')}; default info

Exit codes: 0 stopped by a signal, 2 wrong usage, 75 another daemon runs with this state directory, 78 the configuration
is wrong.`;

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
  if (level === undefined) return wrongUsage('run', usage, `--log-level is one of ${levels.join(', ')}`);
  return run(resolve(root), line.right.values['state-dir'], level);
};

const run = async (root: string, stateDir: string | undefined, level: Level): Promise<number> => {
  const config = await readConfig(root);
  if (E.isLeft(config)) {
    complain(`cvmqtt: ${printable(problemLine(config.left))}`);
    return exitCode.config;
  }
  const stateDirectory = resolve(stateDir ?? process.env['STATE_DIRECTORY'] ?? config.right.layout.state);
  const claimed = claim(stateDirectory, 'daemon');
  if (E.isLeft(claimed) && claimed.left.reason === 'taken') {
    // Both would run what is in the spool, and each would take the broker's session from the other.
    complain(
      `cvmqtt: process ${claimed.left.pid} runs with the state directory ${printable(stateDirectory)}`,
    );
    return exitCode.later;
  }
  // A log that nobody reads any more is no reason to stop forwarding.
  process.stderr.on('error', () => undefined);
  const log = logger({
    level,
    format: process.stderr.isTTY ? 'text' : 'json',
    now: () => new Date(),
    write: (line) => process.stderr.write(`${line}\n`),
  });
  const tally = newTally();
  const report: Report = (event) => {
    if (event.kind === 'dead-letter-lost') tally.dead_letters_lost += 1;
    if (event.kind === 'connected') keepHeapSmall();
    log(event);
  };
  const stop$ = new ReplaySubject<void>(1);
  let stopping = false;
  const stop = (): void => {
    // Who asks twice does not want to wait for the calls in flight.
    if (stopping) process.exit(exitCode.failed);
    stopping = true;
    report({ kind: 'stopping' });
    stop$.next();
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, stop);

  report({ kind: 'starting', version, configDirectory: root, stateDirectory });
  const session = {
    ackWindow: new AckWindow(),
    record: sessionRecord(join(stateDirectory, 'sessions.json')),
  };
  const configuration$ = configurations({
    first: config.right,
    changed$: merge(fromEvent(process, 'SIGHUP'), fileContent(config.right.layout.cvmain).pipe(skip(1))),
    read: () => readConfig(root),
    report,
  }).pipe(takeUntil(stop$));
  const settlements$ = runEach(configuration$, (current, replaced$) =>
    daemon({ config: current, stateDirectory, session, stop$: merge(replaced$, stop$), report }),
  );
  await lastValueFrom(settlements$.pipe(tap((settlement) => count(tally, settlement))), {
    defaultValue: undefined,
  });
  // On a disk that can't be written, it goes without: it has no spool there either.
  if (E.isRight(claimed)) claimed.right();
  report({ kind: 'stopped', tally });
  return exitCode.good;
};

export const command: Command = { usage, main };
