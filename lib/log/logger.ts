import { jsonLine, printable } from '../util/printable.js';
import { describe, isDetail, type Level, type LogRecord, levels } from './describe.js';
import type { DaemonEvent, Report } from './event.js';
import { lineKind } from './line-kind.js';
import { minuteMs, type Repeated, Repeats } from './repeats.js';
import { story } from './story.js';

/** Where log lines go, and which. */
export interface LoggerOptions {
  readonly level: Level;
  /** For people, or a line of JSON for programs. */
  readonly format: 'text' | 'json';
  /** The wall clock, which lines tell. */
  readonly now: () => Date;
  /** A clock that never jumps, ms. */
  readonly uptime: () => number;
  /** Calls a task after some ms. */
  readonly later: (task: () => void, ms: number) => void;
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
}

interface Said {
  readonly kind: DaemonEvent['kind'];
  readonly record: LogRecord;
}

/**
 * Writes a line for each event that is loud enough. Whatever an event holds, its line is one line and steers no terminal.
 * Repeats of one kind are one line a minute, with their count (`repeated`) and the latest of them, see {@link Repeats}; at
 * level debug each is written.
 */
export const logger = ({ level, format, now, uptime, later, write }: LoggerOptions): Report => {
  const loudness = levels.indexOf(level);
  const line = format === 'json' ? jsonOf : textOf;
  const told = story();
  const say = ({ kind, record }: Said): void => write(line(kind, record, now().toISOString()));
  const repeats = new Repeats<Said>();
  let waiting = false;

  const sumUp = (at: number): void => {
    for (const repeated of repeats.due(at)) say(summary(repeated));
  };
  const wait = (): void => {
    if (waiting || !repeats.counting) return;
    waiting = true;
    later(() => {
      waiting = false;
      sumUp(uptime());
      wait();
    }, minuteMs);
  };

  return (event) => {
    // There is one for each message: what nobody reads is not put in words.
    if (level !== 'debug' && isDetail(event)) return;
    const said = { kind: event.kind, record: told(event, describe(event)) };
    if (levels.indexOf(said.record.level) > loudness) return;
    sumUp(event.kind === 'stopped' ? Number.POSITIVE_INFINITY : uptime());
    const kind = level === 'debug' ? undefined : lineKind(event);
    if (kind === undefined || repeats.take(kind, said, uptime())) say(said);
    else wait();
  };
};

const summary = ({ latest: { kind, record }, count }: Repeated<Said>): Said => ({
  kind,
  record: {
    level: record.level,
    message: `${count} more like it in the last minute, the latest: ${record.message}`,
    fields: { ...record.fields, repeated: count },
  },
});

const jsonOf = (event: string, { level, message, fields }: LogRecord, time: string): string =>
  jsonLine({ time, level, event, message: printable(message), ...fields });

const textOf = (_event: string, { level, message }: LogRecord, time: string): string =>
  `${time.slice(11, 23)} ${level.padEnd(5)} ${printable(message)}`;
