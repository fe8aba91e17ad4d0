/** From the loudest to the most detailed. */
export const levels = ['error', 'warn', 'info', 'debug'] as const;

export type Level = (typeof levels)[number];

/** What a log entry says: a message for people, and fields for programs. */
export interface LogRecord {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A record of level info. */
export const info = (message: string, fields: LogRecord['fields'] = {}): LogRecord => ({
  level: 'info',
  message,
  fields,
});

/** A record of level warn: it needs a person, or says that it no longer does. */
export const warn = (message: string, fields: LogRecord['fields'] = {}): LogRecord => ({
  level: 'warn',
  message,
  fields,
});

/** A record of level error: something is lost. */
export const error = (message: string, fields: LogRecord['fields'] = {}): LogRecord => ({
  level: 'error',
  message,
  fields,
});
