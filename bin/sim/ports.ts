import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../../lib/files/read-text.js';

/** The ports that a command was given, by option; 0 is a free one. */
export type Ports<Option extends string> = Readonly<Record<Option, number>>;

/** Reads the value of a port option. Left is what is wrong, in one line. */
export const portOf = (option: string, value: string): E.Either<string, number> => {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  return port <= 65_535 ? E.right(port) : E.left(`--${option} is a port from 0 to 65535`);
};

const reasons = new Map([
  ['EADDRINUSE', 'is in use'],
  ['EACCES', 'is not allowed for this user'],
]);

/** Why a port can't be used and what to do, in one line; undefined when the error is about something else. */
export const portProblem = (error: unknown, ports: Readonly<Record<string, number>>): string | undefined => {
  const reason = reasons.get(errorCode(error) ?? '');
  if (reason === undefined || !(error instanceof Error) || !('port' in error)) return undefined;
  const [option, port] = Object.entries(ports).find(([, given]) => given === error.port) ?? [];
  return option === undefined
    ? undefined
    : `--${option}: port ${port} ${reason}; give another one, or none for a free one`;
};
