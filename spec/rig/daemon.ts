import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import type { AtEnd } from './at-end.js';
import { type Child, type Exit, startChild } from './child.js';
import type { Journal } from './journal.js';

const LogLine = t.intersection([
  t.type({ time: t.string, level: t.string, event: t.string, message: t.string }),
  t.record(t.string, t.unknown),
]);

/** A line of the daemon's log; besides these fields it has others, by event. */
export type LogLine = t.TypeOf<typeof LogLine>;

/** The daemon as a process of its own. */
export interface Daemon extends Child {
  /** Its log. */
  readonly log: Journal<LogLine>;
  /** The first line of this event, or the `nth`. */
  logged(event: string, nth?: number): Promise<LogLine>;
  /** How many lines of this event there are so far. */
  count(event: string): number;
  /** SIGTERM. */
  stop(): Promise<Exit>;
}

/** The built file; CVMQTT_BIN names another one, such as a build that was broken to see whether a test notices. */
export const cvmqtt =
  process.env['CVMQTT_BIN'] ?? fileURLToPath(new URL('../../dist/bin/cvmqtt.js', import.meta.url));

/** Any command of cvmqtt; `under` is a command that runs it, such as `unshare`. */
export const startCvmqtt = (
  atEnd: AtEnd,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  under: readonly string[] = [],
): Child => {
  const [command = process.execPath, ...more] = [...under, process.execPath, cvmqtt, ...args];
  return startChild(atEnd, command, more, env);
};

/** `cvmqtt run <home>`, with its log read. */
export function startDaemon(
  atEnd: AtEnd,
  home: string,
  options: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  under: readonly string[] = [],
): Daemon {
  const child = startCvmqtt(atEnd, ['run', home, ...options], env, under);
  const log = child.stderr.derive((line) => E.getOrElseW(() => undefined)(decodeJsonWith(LogLine)(line)));
  return {
    ...child,
    log,
    logged: (event, nth = 1) =>
      log.first(`${event} in the daemon's log`, (line) => line.event === event, { nth }),
    count: (event) => log.entries.filter((line) => line.event === event).length,
    stop: () => child.end('SIGTERM'),
  };
}
