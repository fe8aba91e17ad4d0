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

/** The captures that are asked for, as one. */
export interface Source {
  readonly records: Records;
  /** Which part of the files has been read, 0 to 1; undefined where one is a pipe. */
  readonly part: () => number | undefined;
  /** How many files could not be read to their end: what was read of them counts, and each was told. */
  readonly unread: () => number;
}

/** From so many bytes on, reading takes longer than it takes to start a thread for it. */
const worthAThread = 4_194_304;

/** Opens nothing before the records are asked for. Left names the file that is not there. */
export const sourceOf = async ({ files, loops, selection }: Options): Promise<E.Either<string, Source>> => {
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
    opened.push({ name: file, open: () => upToFailure(open(file, onRead), onFailure) });
  }
  const all = Array.from({ length: loops }, () => opened).flat();
  return E.right({
    records: selected(selection, concatenated(all)),
    part: () => (Number.isFinite(size) ? read / (size * loops) : undefined),
    unread: () => unread,
  });
};

/**
 * The records up to where the system or the compression fails: a file may be gone by then, or torn by a power cut. A file in
 * which all is broken is no capture, and has failed too.
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
    if (isBroken && !isCapture) onFailure('is no capture: nothing in it can be read');
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    onFailure(failures[code] ?? `can't be read (${code})`);
  }
}

const failures: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'is gzip that was cut off, and is read up to there',
  Z_DATA_ERROR: 'is gzip that is damaged, and is read up to there',
};

/** Infinity for what has none. */
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
