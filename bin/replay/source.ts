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
import { wholeFile } from './whole-file.js';

/** The selected part of all captures, as one. */
export interface Source {
  readonly records: Records;
  /** The fraction of the files that has been read, 0 to 1; undefined if one is a pipe. */
  readonly part: () => number | undefined;
  /** How many messages were found, selected or not. */
  readonly found: () => number;
  /** How many files could not be read to their end. What was read of them counts; each was reported on stderr. */
  readonly unread: () => number;
}

/** From this size on, bytes, reading takes longer than starting a thread for it. */
const worthAThread = 4_194_304;

/**
 * Finds the captures; opens each only when its records are read. `daemon`: the client id of the unit's daemon, if it is known,
 * `command`: who says what is not read. Left names a file that can't be found or opened.
 */
export const sourceOf = async (
  { files, loops, selection, strict, client }: Options,
  daemon: string | undefined,
  command = 'replay',
): Promise<E.Either<string, Source>> => {
  let size = 0;
  let read = 0;
  const onRead = (bytes: number): void => {
    read += bytes;
  };
  let unread = 0;
  let found = 0;
  const counted = async function* (records: Records): Records {
    for await (const batch of records) {
      for (const { kind } of batch) if (kind === 'publish') found += 1;
      yield batch;
    }
  };
  const choice = { ...(client === undefined ? {} : { client }), ...(daemon === undefined ? {} : { daemon }) };
  const opened: Capture[] = [];
  for (const file of files) {
    const sized = await sizeOf(file);
    if (E.isLeft(sized)) return sized;
    size += sized.right;
    if (loops > 1 && !Number.isFinite(sized.right))
      return E.left(`${file === '-' ? 'stdin' : file}: can be read only once: --loop needs a file`);
    const inThread = Number.isFinite(sized.right) && sized.right >= worthAThread;
    const open = inThread ? readInThread : openCapture;
    const said = new Set<string>();
    const say = (detail: string): void => {
      // With --loop, it is the same each time.
      if (!said.has(detail)) complain(`cvmqtt ${command}: ${printable(file)}: ${printable(detail, 1_000)}`);
      said.add(detail);
    };
    const onUnread = (): void => {
      unread += 1;
    };
    // With --strict, broken lines count wherever they are.
    const before = strict ? undefined : selection.from;
    opened.push({
      name: file,
      open: (place) => {
        const skip = before === undefined ? undefined : { before, place };
        return wholeFile(open(file, onRead, choice, skip), say, onUnread);
      },
    });
  }
  const all = Array.from({ length: loops }, () => opened).flat();
  return E.right({
    records: selected(selection, counted(concatenated(all, sayDisorder()))),
    part: () => (Number.isFinite(size) ? read / (size * loops) : undefined),
    found: () => found,
    unread: () => unread,
  });
};

/** Says once for each pair that a capture starts before the one that was given before it. */
const sayDisorder = (): ((name: string, before: string) => void) => {
  const said = new Set<string>();
  return (name, before) => {
    const detail = `${name}: starts before ${before}, which was given before it: give captures in order of time, such as FILE.1 FILE`;
    if (!said.has(detail)) complain(`cvmqtt replay: ${printable(detail, 1_000)}`);
    said.add(detail);
  };
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
