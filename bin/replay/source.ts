import { stat } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { type Capture, concatenated } from '../../lib/capture/concatenate.js';
import { openCapture } from '../../lib/capture/open.js';
import { readInThread } from '../../lib/capture/reader-thread.js';
import type { Records } from '../../lib/capture/record.js';
import { selected } from '../../lib/capture/select.js';
import { errorCode } from '../../lib/files/read-text.js';
import type { Options } from './options.js';

/** The captures that are asked for, as one. */
export interface Source {
  readonly records: Records;
  /** Which part of the files has been read, 0 to 1; undefined where one is a pipe. */
  readonly part: () => number | undefined;
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
  const opened: Capture[] = [];
  for (const file of files) {
    const found = await sizeOf(file);
    if (E.isLeft(found)) return found;
    size += found.right;
    const inThread = Number.isFinite(found.right) && found.right >= worthAThread;
    opened.push({ name: file, open: () => (inThread ? readInThread : openCapture)(file, onRead) });
  }
  const all = Array.from({ length: loops }, () => opened).flat();
  return E.right({
    records: selected(selection, concatenated(all)),
    part: () => (Number.isFinite(size) ? read / (size * loops) : undefined),
  });
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
