import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { decodeJsonWith, decodeWith } from '../util/codec.js';

/**
 * The format of each file that cvmqtt writes and reads again. Each JSON value in such a file has it as `format`; without
 * one it is 1. This version reads this format and all before it (docs/operating.md#versions). Raised when an older
 * version would misread the file, and not for a field that it may ignore.
 */
export const stateFormats = {
  spool: 1,
  sessions: 1,
  unacknowledged: 1,
  deadLetters: 1,
  replayed: 1,
  status: 1,
  capture: 1,
} as const satisfies Readonly<Record<string, number>>;

/** The format of a value: a whole number from 1. */
export const Format = t.refinement(
  t.number,
  (format) => Number.isSafeInteger(format) && format >= 1,
  'a format',
);

/** Why a value that cvmqtt wrote is not read. */
export type Unread =
  | { readonly reason: 'newer'; readonly format: number; readonly reads: number }
  | { readonly reason: 'broken'; readonly detail: string };

/** Describes in one line why a value is not read; quotes nothing of it. */
export const unreadText = (unread: Unread): string =>
  unread.reason === 'broken'
    ? unread.detail
    : `has format ${unread.format}, and this version of cvmqtt reads format ${unread.reads}: a newer version wrote it`;

/** Decodes JSON text of one of our files; `reads` is the latest format that this version reads. Ignores unknown fields. */
export const decodeState =
  <A>(codec: t.Decoder<unknown, A>, reads: number) =>
  (text: string): E.Either<Unread, A> =>
    pipe(
      decodeJsonWith(t.unknown)(text),
      E.chain((json) =>
        pipe(
          decodeWith(Format)(formatOf(json)),
          E.bimap(
            (detail) => `field format: ${detail}`,
            (format) => ({ format, json }),
          ),
        ),
      ),
      E.mapLeft(broken),
      E.chain(({ format, json }) =>
        format > reads
          ? E.left<Unread, A>({ reason: 'newer', format, reads })
          : E.mapLeft(broken)(decodeWith(codec)(json)),
      ),
    );

/** The format of a file that a newer version wrote; undefined for any other. */
export const newerFormat = (text: E.Either<unknown, string>, reads: number): number | undefined => {
  if (E.isLeft(text)) return undefined;
  const read = decodeState(t.unknown, reads)(text.right);
  return E.isLeft(read) && read.left.reason === 'newer' ? read.left.format : undefined;
};

const formatOf = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'format' in json ? json.format : 1;

const broken = (detail: string): Unread => ({ reason: 'broken', detail });

/** A file that a newer version wrote, and what was done about it. */
export interface NewerFile {
  readonly file: string;
  readonly format: number;
  /** The latest format that this version reads. */
  readonly reads: number;
  /** What becomes of the file and its content, and what a person can do; without a full stop. */
  readonly effect: string;
}

/** Describes a file that a newer version wrote, in one line. */
export const newerFileText = ({ file, format, reads, effect }: NewerFile): string =>
  `${file} has format ${format}, and this version of cvmqtt reads format ${reads}: ${effect}`;

/** Where an older version keeps a file of this format, untouched, until a version comes that reads it. */
export const keptPath = (path: string, format: number): string => `${path}.v${format}`;

/** True for the name of such a file. */
export const isKept = (name: string): boolean => /\.v\d+$/.test(name);

/**
 * Where files of the formats up to `reads` may have been kept. Rollbacks go down a format at a time: of two files, the
 * later one has older content.
 */
export const keptPaths = (path: string, reads: number): readonly string[] =>
  Array.from({ length: reads - 1 }, (_, n) => keptPath(path, n + 2));
