import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../../util/error-code.js';
import { closeFile, type Disk, type DiskFile } from '../disk.js';
import { Refused } from '../own-file.js';
import { keptPath, keptPaths, type NewerFile, stateFormats } from '../state-formats.js';
import { type NewerSpool, recovered } from './recovered.js';
import type { SpoolOptions } from './spool-content.js';
import type { Slot } from './spool-index.js';
import { acceptedLine, parseSpoolLine, renumberedLine, takenBackLine } from './spool-record.js';

type TakeBackOptions = Pick<SpoolOptions, 'path' | 'broken'>;

/**
 * Moves a spool that a newer version wrote out of the way, byte for byte: a version that reads it takes it back. Never
 * replaces another one that is kept. Rejects with an error that `problemOf` describes.
 */
export const keepAside = async (
  path: string,
  { format, reads }: NewerSpool,
  disk: Disk,
): Promise<NewerFile> => {
  const kept = keptPath(path, format);
  const isFree = await disk.stat(kept).then(
    () => false,
    (error) => errorCode(error) === 'ENOENT',
  );
  if (!isFree)
    throw new Refused(
      `has format ${format}, this version reads format ${reads}, and there is ${basename(kept)} already: move one of them away, or upgrade cvmqtt again`,
    );
  await disk.rename(path, kept);
  await disk.syncDirectory(dirname(path));
  const effect = `its messages are kept in ${basename(kept)}, and new ones are delivered without them. To have them delivered, upgrade cvmqtt again`;
  return { file: path, format, reads, effect };
};

/**
 * Puts the messages of spools that older versions kept before those in the spool: they are older. Does nothing if there
 * are none, or if the spool is of a newer version. Whenever it ends early, the next call completes it. Rejects with an
 * error that `problemOf` describes.
 */
export const takeBack = async (
  options: TakeBackOptions,
  disk: Disk,
  kept = keptPaths(options.path, stateFormats.spool),
): Promise<void> => {
  for (const each of kept) await takeBackOne(options, disk, each);
};

const takeBackOne = async (options: TakeBackOptions, disk: Disk, kept: string): Promise<void> => {
  const earlier = await linesIn(kept, disk);
  if (earlier === undefined) return;
  const later = (await linesIn(options.path, disk)) ?? Buffer.alloc(0);
  const taken = takenBackLine(createHash('sha256').update(earlier).digest('hex'));
  if (!later.includes(taken)) {
    const files = [earlier, later].map((lines) => ({ lines, ...recovered(lines, options.broken) }));
    if (files.some(({ newer }) => newer !== undefined)) return;
    const messages = files.flatMap(({ lines, waiting }) => waiting.flatMap((slot) => messageIn(lines, slot)));
    const text = messages.map((message, n) => message(n + 1)).join('');
    await replace(options.path, taken + text, disk);
  }
  await disk.syncDirectory(dirname(kept));
  await disk.remove(kept);
  await disk.syncDirectory(dirname(kept));
};

/** The message in a slot, as its lines under a given id. */
const messageIn = (lines: Buffer, { offset, bytes, accepted }: Slot): readonly ((id: number) => string)[] => {
  const record = parseSpoolLine(lines.toString('utf8', offset, offset + bytes - 1));
  if (E.isLeft(record) || !('publish' in record.right)) return [];
  const message = record.right;
  return [(id) => renumberedLine(id, message) + (accepted === undefined ? '' : acceptedLine(id, accepted))];
};

/** The complete lines of a file; undefined if there is none. */
const linesIn = async (path: string, disk: Disk): Promise<Buffer | undefined> => {
  let file: DiskFile | undefined;
  try {
    file = await disk.openExisting(path);
    const content = await file.readFile();
    return content.subarray(0, content.lastIndexOf('\n') + 1);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    await closeFile(file);
  }
};

const replace = async (path: string, text: string, disk: Disk): Promise<void> => {
  await disk.remove(`${path}.tmp`);
  const file = await disk.open(`${path}.tmp`);
  try {
    await file.appendFile(text);
    await file.datasync();
  } finally {
    await closeFile(file);
  }
  await disk.rename(`${path}.tmp`, path);
};
