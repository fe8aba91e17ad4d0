import { describe, isDetail, type Level, type LogRecord, levels } from './describe.js';
import type { Report } from './event.js';
import { jsonLine, printable } from './printable.js';

/** Where log lines go, and which. */
export interface LoggerOptions {
  readonly level: Level;
  /** For people, or a line of JSON for programs. */
  readonly format: 'text' | 'json';
  readonly now: () => Date;
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
}

/** Writes a line for each event that is loud enough. Whatever an event holds, its line is one line and steers no terminal. */
export const logger = ({ level, format, now, write }: LoggerOptions): Report => {
  const loudness = levels.indexOf(level);
  const line = format === 'json' ? jsonOf : textOf;
  return (event) => {
    // There is one for each message: what nobody reads is not put in words.
    if (level !== 'debug' && isDetail(event)) return;
    const record = describe(event);
    if (levels.indexOf(record.level) <= loudness) write(line(event.kind, record, now().toISOString()));
  };
};

const jsonOf = (event: string, { level, message, fields }: LogRecord, time: string): string =>
  jsonLine({ time, level, event, message: printable(message), ...fields });

const textOf = (_event: string, { level, message }: LogRecord, time: string): string =>
  `${time.slice(11, 23)} ${level.padEnd(5)} ${printable(message)}`;
