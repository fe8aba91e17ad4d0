import { stat } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { type Capture, concatenated } from '../../lib/capture/concatenate.js';
import { openCapture } from '../../lib/capture/open.js';
import { readInThread } from '../../lib/capture/reader-thread.js';
import type { Records } from '../../lib/capture/record.js';
import { selected } from '../../lib/capture/select.js';
import { errorCode } from '../../lib/util/error-code.js';
import { printable } from '../../lib/util/printable.js';
import { complain } from '../command.js';
import type { Options } from './options.js';

/** The selected part of all captures, as one. */
export interface Source {
  readonly records: Records;
  /** The fraction of the files that has been read, 0 to 1; undefined if one is a pipe. */
  readonly part: () => number | undefined;
  /** How many files could not be read to their end. What was read of them counts; each was reported on stderr. */
  readonly unread: () => number;
}

/** From this size on, bytes, reading takes longer than starting a thread for it. */
const worthAThread = 4_194_304;

/** Finds the captures; opens each only when its records are read. Left names a file that can't be found or opened. */
export const sourceOf = async ({
  files,
  loops,
  selection,
  strict,
}: Options): Promise<E.Either<string, Source>> => {
  let size = 0;
  let read = 0;
  const onRead = (bytes: number): void => {
    read += bytes;
  };
  let unread = 0;
  const opened: Capture[] = [];
  for (const file of files) {
    const found = await sizeOf(file);
    if (E.isLeft(found)) return found;
    size += found.right;
    const inThread = Number.isFinite(found.right) && found.right >= worthAThread;
    const open = inThread ? readInThread : openCapture;
    const onFailure = (detail: string): void => {
      unread += 1;
      complain(`cvmqtt replay: ${printable(file)}: ${detail}`);
    };
    // With --strict, broken lines count wherever they are.
    const before = strict ? undefined : selection.from;
    opened.push({
      name: file,
      open: (place) =>
        upToFailure(open(file, onRead, before === undefined ? undefined : { before, place }), onFailure),
    });
  }
  const all = Array.from({ length: loops }, () => opened).flat();
  return E.right({
    records: selected(selection, concatenated(all)),
    part: () => (Number.isFinite(size) ? read / (size * loops) : undefined),
    unread: () => unread,
  });
};

/**
 * Yields the records up to where reading or decompressing fails: the file may be gone by then, or cut by a power failure. A
 * file with only broken lines is not a capture, and counts as failed too.
 */
async function* upToFailure(records: Records, onFailure: (detail: string) => void): Records {
  let isBroken = false;
  let isCapture = false;
  try {
    for await (const batch of records) {
      isBroken ||= batch.length > 0;
      isCapture ||= batch.some(({ kind }) => kind !== 'broken');
      yield batch;
    }
    if (isBroken && !isCapture) onFailure('is not a capture: nothing in it can be read');
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    onFailure(failures[code] ?? `can't be read (${code})`);
  }
}

const failures: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the gzip data is cut off: read up to there',
  Z_DATA_ERROR: 'the gzip data is damaged: read up to there',
};

/** The size of a file, bytes; Infinity for pipes and devices. */
const sizeOf = async (file: string): Promise<E.Either<string, number>> => {
  if (file === '-') return E.right(Number.POSITIVE_INFINITY);
  try {
    const found = await stat(file);
    if (found.isDirectory()) return E.left(`${file}: is a directory`);
    return E.right(found.isFile() ? found.size : Number.POSITIVE_INFINITY);
  } catch (error) {
    return E.left(`${file}: ${errorCode(error) === 'ENOENT' ? 'does not exist' : "can't be read"}`);
  }
};
