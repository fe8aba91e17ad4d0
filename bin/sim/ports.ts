import { sequenceS } from 'fp-ts/lib/Apply.js';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../../lib/util/error-code.js';
import type { Options } from '../usage.js';

/** The port options of `sim` and `demo`. */
export const portOptions = {
  'broker-port': {
    type: 'string',
    default: '0',
    value: 'PORT',
    help: "the broker's port; default: a free one",
  },
  'cvmain-port': {
    type: 'string',
    default: '0',
    value: 'PORT',
    help: "the port of cvmain's gRPC server; default: a free one",
  },
  'app-port': {
    type: 'string',
    default: '0',
    value: 'PORT',
    help: "the port of the app's UDP socket; default: a free one",
  },
} as const satisfies Options;

/** The parsed ports; 0 means any free port. */
export type Ports = Readonly<Record<keyof typeof portOptions, number>>;

/** Parses the port options. Left: what is wrong, in one line. */
export const readPorts = (values: Readonly<Record<keyof Ports, string>>): E.Either<string, Ports> => {
  const port = (option: keyof Ports) => readPort(`--${option}`, values[option]);
  return sequenceS(E.Applicative)({
    'broker-port': port('broker-port'),
    'cvmain-port': port('cvmain-port'),
    'app-port': port('app-port'),
  });
};

/** Parses a port from `least` on, where 0 is any. Left: what is wrong with it, named `what`. */
export const readPort = (what: string, value: string, least: 0 | 1 = 0): E.Either<string, number> => {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  return port >= least && port <= 65_535 ? E.right(port) : E.left(`${what} must be from ${least} to 65535`);
};

const reasons = new Map([
  ['EADDRINUSE', 'is in use'],
  ['EACCES', 'is not allowed for this user'],
]);

/** Why a port can't be used; undefined if the error is about something else. */
export const portReason = (error: unknown): string | undefined => reasons.get(errorCode(error) ?? '');

/** Why a port can't be used and what to do, in one line; undefined if the error is about something else. */
export const portProblem = (error: unknown, ports: Ports): string | undefined => {
  const reason = portReason(error);
  if (reason === undefined || !(error instanceof Error) || !('port' in error)) return undefined;
  const [option, port] = Object.entries(ports).find(([, given]) => given === error.port) ?? [];
  return option === undefined
    ? undefined
    : `--${option}: port ${port} ${reason}; choose another, or omit the option to use a free port`;
};
