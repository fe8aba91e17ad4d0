import { jsonLine, printable } from '../util/printable.js';
import { describe, isDetail } from './describe.js';
import { entryKind } from './entry-kind.js';
import type { DaemonEvent, Report } from './event.js';
import { journalPrefix } from './journal.js';
import { type Level, type LogRecord, levels } from './record.js';
import { recoveries } from './recoveries.js';
import { type Repeated, Repeats } from './repeats.js';

/** Which log entries are written, how and where. */
export interface LoggerOptions {
  readonly level: Level;
  /** Text for people, or a line of JSON for programs. */
  readonly format: 'text' | 'json';
  /** The log goes to the journal, which takes each line's priority from its beginning. */
  readonly toJournal: boolean;
  /** The wall clock, for timestamps. */
  readonly now: () => Date;
  /** A monotonic clock, ms. */
  readonly uptime: () => number;
  /** Runs a task after some ms. */
  readonly later: (task: () => void, ms: number) => void;
  /** Writes one line, given without its newline. */
  readonly write: (line: string) => void;
}

/** How often it is checked whether sums are due while there are any, ms. */
const checkMs = 60_000;

interface LogEntry {
  readonly kind: DaemonEvent['kind'];
  readonly record: LogRecord;
}

/**
 * Logs each event of at least `level` as one line, escaped so that it can't control a terminal, whatever the event holds.
 * Repeats of a kind are summed up, with their count (`repeated`) and the latest of them, see {@link entryKind}; at level debug
 * each is written.
 */
export const logger = ({ level, format, toJournal, now, uptime, later, write }: LoggerOptions): Report => {
  const verbosity = levels.indexOf(level);
  const line = format === 'json' ? jsonOf : textOf;
  const withRecovery = recoveries();
  const put = ({ kind, record }: LogEntry): void =>
    write(`${toJournal ? journalPrefix(record.level) : ''}${line(kind, record, now().toISOString())}`);
  const repeats = new Repeats<LogEntry>();
  let waiting = false;

  const sumUp = (at: number): void => {
    for (const repeated of repeats.due(at)) put(summary(repeated));
  };
  const wait = (): void => {
    if (waiting || !repeats.counting) return;
    waiting = true;
    later(() => {
      waiting = false;
      sumUp(uptime());
      wait();
    }, checkMs);
  };

  return (event) => {
    // Fast path for the one event per message: not described unless it is written.
    if (level !== 'debug' && isDetail(event)) return;
    const entry = { kind: event.kind, record: withRecovery(event, describe(event)) };
    if (levels.indexOf(entry.record.level) > verbosity) return;
    sumUp(event.kind === 'stopped' ? Number.POSITIVE_INFINITY : uptime());
    const kind = level === 'debug' ? undefined : entryKind(event);
    if (kind !== undefined && !repeats.take(kind, entry, uptime())) {
      wait();
      return;
    }
    if (kind !== undefined) for (const repeated of repeats.ended(kind, uptime())) put(summary(repeated));
    put(entry);
  };
};

const summary = ({ latest: { kind, record }, count, withinMs }: Repeated<LogEntry>): LogEntry => ({
  kind,
  record: {
    level: record.level,
    message: `${count} more like this in the last ${minutes(withinMs)}, the latest: ${record.message}`,
    fields: { ...record.fields, repeated: count },
  },
});

const minutes = (ms: number): string => (ms < 90_000 ? 'minute' : `${Math.round(ms / 60_000)} min`);

const jsonOf = (event: string, { level, message, fields }: LogRecord, time: string): string =>
  jsonLine({ time, level, event, message: printable(message), ...fields });

const textOf = (_event: string, { level, message, fields: { key } }: LogRecord, time: string): string =>
  `${time.slice(11, 23)} ${level.padEnd(5)} ${printable(message)}${key === undefined ? '' : ` [${key}]`}`;
