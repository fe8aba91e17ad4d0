import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import type { AtEnd } from './at-end.js';
import { type Child, type Exit, startChild } from './child.js';
import type { Journal } from './journal.js';

const LogEntry = t.intersection([
  t.type({ time: t.string, level: t.string, event: t.string, message: t.string }),
  t.record(t.string, t.unknown),
]);

/** A log entry of the daemon; it has further fields depending on the event. */
export type LogEntry = t.TypeOf<typeof LogEntry>;

/** The daemon as a separate process. */
export interface Daemon extends Child {
  /** Its log. */
  readonly log: Journal<LogEntry>;
  /** Resolves with the first log entry of this event, or the `nth`. */
  logged(event: string, nth?: number): Promise<LogEntry>;
  /** Number of log entries of this event so far. */
  count(event: string): number;
  /** SIGTERM. */
  stop(): Promise<Exit>;
}

/**
 * The built file; CVMQTT_BIN names another one, for example a build broken on purpose to see whether a test
 * notices.
 */
export const cvmqtt =
  process.env['CVMQTT_BIN'] ?? fileURLToPath(new URL('../../dist/bin/cvmqtt.js', import.meta.url));

/** Any command of cvmqtt; `under` is a command that runs it, such as `unshare`; `program` is another build of it. */
export const startCvmqtt = (
  atEnd: AtEnd,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  under: readonly string[] = [],
  program = cvmqtt,
): Child => {
  const [command = process.execPath, ...more] = [...under, process.execPath, program, ...args];
  return startChild(atEnd, command, more, env);
};

/** Starts `cvmqtt run <home>` and reads its log. */
export function startDaemon(
  atEnd: AtEnd,
  home: string,
  options: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  under: readonly string[] = [],
  program = cvmqtt,
): Daemon {
  const child = startCvmqtt(atEnd, ['run', home, ...options], env, under, program);
  const log = child.stderr.derive((line) => E.getOrElseW(() => undefined)(decodeJsonWith(LogEntry)(line)));
  return {
    ...child,
    log,
    logged: (event, nth = 1) =>
      log.first(`${event} in the daemon's log`, (line) => line.event === event, { nth }),
    count: (event) => log.entries.filter((line) => line.event === event).length,
    stop: () => child.end('SIGTERM'),
  };
}
