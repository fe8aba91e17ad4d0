import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { parseDuration } from '../../lib/util/duration.js';
import { parseSize } from '../../lib/util/size.js';
import { maxTimerMs } from '../../streams/monotonic-scheduler.js';
import { parseCommandLine } from '../command.js';
import { brokerUsage, listenUsage, whereOptions } from '../listen/listen-target.js';

export const usage = `usage: cvmqtt capture <config-dir> -o FILE [options]
       cvmqtt capture -h HOST -t FILTER -o FILE [options]

Records what the broker delivers, until Ctrl-C, with a client id and a session of its own: the daemon's are not touched.
With a configuration directory it records the registered integrations too, and each change of them. FILE is appended to;
cvmqtt replay reads it.

  -o, --output FILE         where to; - is stdout
      --for DURATION        ends after this time: 90s, 10m, 1h30m
      --count N             ends after N messages
      --max-bytes SIZE      ends when so much is written: 64k, 10M, 2G
      --rotate-bytes SIZE   begins a new file past this size: FILE is moved to FILE.1, that one to FILE.2, and so on
      --keep N              so many of these are kept; default 9

${listenUsage}

Without a configuration directory:
${brokerUsage}

Exit codes: 0 it ended as it should, 1 the output can't be written or the broker was never reached, 2 wrong usage, 78 the
configuration is wrong.`;

const options = {
  ...whereOptions,
  output: { type: 'string', short: 'o' },
  for: { type: 'string' },
  count: { type: 'string' },
  'max-bytes': { type: 'string' },
  'rotate-bytes': { type: 'string' },
  keep: { type: 'string', default: '9' },
} as const;

/** A smaller file would be little more than its header. */
const minRotateBytes = 4_096;

/** The options of a capture. Left says what is wrong with them. */
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
      () => '--for is at most 24d',
    ),
  );

const rotationOf = (text: string): E.Either<string, number> =>
  pipe(
    parseSize(text),
    E.filterOrElse(
      (bytes) => bytes >= minRotateBytes,
      () => `--rotate-bytes is at least ${minRotateBytes}`,
    ),
  );

const wholeOf =
  (name: string, min: number, max: number) =>
  (text: string): E.Either<string, number> => {
    const number = Number(text);
    return /^\d+$/.test(text) && number >= min && number <= max
      ? E.right(number)
      : E.left(`${name} is a whole number from ${min} to ${max}`);
  };
