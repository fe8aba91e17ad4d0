import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { parseDuration } from '../../lib/util/duration.js';
import { parseSize } from '../../lib/util/size.js';
import { maxTimerMs } from '../../streams/monotonic-scheduler.js';
import { parseCommandLine } from '../command.js';
import { exitCodesText } from '../exit-codes.js';
import { brokerUsage, listenOptions, listenUsage } from '../listen/listen-target.js';

export const usage = `usage: cvmqtt capture <config-dir> -o FILE [options]
       cvmqtt capture -h HOST -t FILTER -o FILE [options]

Records what the broker delivers until Ctrl-C. It uses its own client id and session, so the daemon's are not touched.
With a configuration directory it also records the registered integrations and each change to them. It appends to FILE;
cvmqtt replay reads it.

  -o, --output FILE         the capture file; - is stdout
      --for DURATION        stop after this time: 90s, 10m, 1h30m
      --count N             stop after N messages
      --max-bytes SIZE      stop once this much is written: 64k, 10M, 2G
      --rotate-bytes SIZE   start a new file past this size: FILE moves to FILE.1, FILE.1 to FILE.2, and so on
      --keep N              how many rotated files to keep; default 9

${listenUsage}

Without a configuration directory:
${brokerUsage}

${exitCodesText('capture')}`;

const options = {
  ...listenOptions,
  output: { type: 'string', short: 'o' },
  for: { type: 'string' },
  count: { type: 'string' },
  'max-bytes': { type: 'string' },
  'rotate-bytes': { type: 'string' },
  keep: { type: 'string', default: '9' },
} as const;

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
