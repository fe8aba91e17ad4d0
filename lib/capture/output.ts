import { constants } from 'node:fs';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { errorCode } from '../util/error-code.js';

/** Where a capture is written. Don't overlap calls. Each rejects with the system's error. */
export interface Output {
  /** The size of the existing file, bytes: it counts for rotation, but not as written. */
  readonly bytes: number;
  write(text: string): Promise<void>;
  /** Starts a new file. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

const newline = 10;

/**
 * Appends to a file, so that no earlier capture is lost; a torn last line is ended first. Rotation moves `<path>` to
 * `<path>.1`, that to `<path>.2`, and so on, and keeps `keep` of them. Readable by its owner only, as messages may be
 * confidential.
 */
export const fileOutput = async (path: string, keep: number): Promise<Output> => {
  let file = await openToAppend(path);
  const { size } = await file.stat();
  const torn = size > 0 && (await lastByte(file, size)) !== newline;
  if (torn) await file.appendFile('\n');
  return {
    bytes: torn ? size + 1 : size,
    write: (text) => file.appendFile(text),
    rotate: async () => {
      await file.close();
      for (let number = keep; number >= 1; number -= 1) {
        const from = number === 1 ? path : `${path}.${number - 1}`;
        await rename(from, `${path}.${number}`).catch(unlessMissing);
      }
      file = await openToAppend(path);
    },
    close: () => file.close(),
  };
};

/** Writes to a stream such as stdout, and leaves it open. */
export const streamOutput = (stream: Writable): Output => {
  // Errors reach the callback of each write.
  stream.on('error', () => undefined);
  return {
    bytes: 0,
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    rotate: async () => undefined,
    close: async () => undefined,
  };
};

/** A pipe is opened for writing only: with a reader of our own, its end would not be noticed. */
const openToAppend = async (path: string): Promise<FileHandle> => {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => true,
  );
  const access = isFile ? constants.O_RDWR : constants.O_WRONLY;
  return open(path, access | constants.O_APPEND | constants.O_CREAT, 0o600);
};

const lastByte = async (file: FileHandle, size: number): Promise<number | undefined> => {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
};

const unlessMissing = (error: unknown): void => {
  if (errorCode(error) !== 'ENOENT') throw error;
};
