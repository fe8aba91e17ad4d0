import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errorCode } from '../util/error-code.js';

/**
 * Opens a file that only cvmqtt writes. One that somebody else put in its place is refused, and neither followed nor waited
 * for: a symbolic or hard link, which may lead to any file of the system, a FIFO, a device. Rejects then, and with what
 * the system says; {@link problemOf} has it in words. A new file is for nobody else to read.
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

class Refused extends Error {}

/** What is wrong with a file that could not be opened or written: in words, or as the system's code. */
export const problemOf = (error: unknown): string => {
  if (error instanceof Refused) return error.message;
  const code = errorCode(error);
  // open(2): O_NOFOLLOW and a symbolic link; a socket, or a FIFO that nobody reads.
  if (code === 'ELOOP') return 'is a symbolic link';
  if (code === 'ENXIO') return 'is not a file';
  return code ?? 'unknown error';
};
