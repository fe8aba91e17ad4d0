import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { parseDuration } from '../../lib/util/duration.js';
import { parseSize } from '../../lib/util/size.js';
import { maxTimerMs } from '../../streams/monotonic-scheduler.js';
import { parseCommandLine } from '../command.js';
import { brokerOptions, listenOptions } from '../listen/options.js';
import { configDirectory, type Options, type Usage } from '../usage.js';

const options = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    help: 'the capture file; - is stdout',
    path: 'file',
  },
  for: { type: 'string', value: 'DURATION', help: 'stop after this time: 90s, 10m, 1h30m' },
  count: { type: 'string', value: 'N', help: 'stop after N messages' },
  'max-bytes': { type: 'string', value: 'SIZE', help: 'stop once this much is written: 64k, 10M, 2G' },
  'rotate-bytes': {
    type: 'string',
    value: 'SIZE',
    help: 'start a new file past this size: FILE moves to FILE.1, FILE.1 to FILE.2, and so on',
  },
  keep: { type: 'string', default: '9', value: 'N', help: 'how many rotated files to keep; default 9' },
  ...listenOptions,
  ...brokerOptions,
} as const satisfies Options;

/** The description of `cvmqtt capture`. */
export const usage: Usage = {
  name: 'capture',
  forms: [['<config-dir> -o FILE [options]'], ['-h HOST -t FILTER -o FILE [options]']],
  about:
    "Records what the broker delivers until Ctrl-C. It uses its own client id and session, so the daemon's are not touched. With a configuration directory it also records the registered integrations and whether cvmain answers, at the start and at each change. It appends to FILE; cvmqtt replay reads it.",
  arguments: [configDirectory],
  options,
  exitCodes: {
    0: 'success',
    1: "the output can't be written or the broker was never reached",
    78: 'invalid configuration',
  },
};

/** The smallest rotation size: a smaller file would be little more than its header. */
const minRotateBytes = 4_096;

/** Parses the options of `cvmqtt capture`. Left: what is wrong, in one line. */
export const parseOptions = (args: readonly string[]) =>
  pipe(
    parseCommandLine(args, options),
    E.bindTo('line'),
    E.bind('root', ({ line: { positionals } }) =>
      positionals.length > 1 ? E.left('give one configuration directory') : E.right(positionals[0]),
    ),
    E.bind('output', ({ line: { values } }) => E.fromNullable('give a file, with --output')(values.output)),
    E.bind('forMs', ({ line: { values } }) => optional(values.for, durationOf)),
    E.bind('maxMessages', ({ line: { values } }) => optional(values.count, wholeOf('--count', 1, 1e15))),
    E.bind('maxBytes', ({ line: { values } }) => optional(values['max-bytes'], parseSize)),
    E.bind('rotateBytes', ({ line: { values } }) => optional(values['rotate-bytes'], rotationOf)),
    E.bind('keep', ({ line: { values } }) => wholeOf('--keep', 1, 1_000)(values.keep)),
    E.filterOrElse(
      ({ output, rotateBytes }) => output !== '-' || rotateBytes === undefined,
      () => '--rotate-bytes needs a file',
    ),
    E.map(({ line, ...parsed }) => ({ ...parsed, values: line.values })),
  );

const optional = <A>(
  text: string | undefined,
  parse: (text: string) => E.Either<string, A>,
): E.Either<string, A | undefined> => (text === undefined ? E.right(undefined) : parse(text));

const durationOf = (text: string): E.Either<string, number> =>
  pipe(
    parseDuration(text),
    E.filterOrElse(
      (ms) => ms <= maxTimerMs,
      () => '--for must be at most 24d',
    ),
  );

const rotationOf = (text: string): E.Either<string, number> =>
  pipe(
    parseSize(text),
    E.filterOrElse(
      (bytes) => bytes >= minRotateBytes,
      () => `--rotate-bytes must be at least ${minRotateBytes}`,
    ),
  );

const wholeOf =
  (name: string, min: number, max: number) =>
  (text: string): E.Either<string, number> => {
    const number = Number(text);
    return /^\d+$/.test(text) && number >= min && number <= max
      ? E.right(number)
      : E.left(`${name} must be a whole number from ${min} to ${max}`);
  };
