import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errorCode } from '../util/error-code.js';

/**
 * Opens a file that only cvmqtt writes. Refuses anything else in its place, without following or blocking: a symbolic
 * or hard link, which may lead to any file, a FIFO, a device. Rejects with an error that {@link problemOf} describes.
 * New files are readable by the owner only.
 */
export async function openOwn(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Refused('is not a file');
    if (found.nlink > 1) throw new Refused('is a hard link');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file is refused; the message says why, for {@link problemOf}. */
export class Refused extends Error {}

/**
 * Describes why a file could not be opened or written: as text if the cause is known, else the system's error code.
 */
export const problemOf = (error: unknown): string => {
  if (error instanceof Refused) return error.message;
  const code = errorCode(error);
  // open(2): O_NOFOLLOW and a symbolic link; a socket, or a FIFO that nobody reads.
  if (code === 'ELOOP') return 'is a symbolic link';
  if (code === 'ENXIO') return 'is not a file';
  return code ?? 'unknown error';
};
