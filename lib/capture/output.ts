import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { errorCode } from '../util/error-code.js';

/** Where the text of a capture goes. Each call waits for the one before it; each rejects with the system's error. */
export interface Output {
  /** What is in it already: only what comes is counted as written, but all of it fills a file. */
  readonly bytes: number;
  write(text: string): Promise<void>;
  /** Begins a new file. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

const newline = 10;

/**
 * A file that is appended to, as a capture that is there is not to be lost; a line that was torn does not swallow the next
 * one. Rotation moves it to `<path>.1`, that one to `<path>.2`, and so on; `keep` of them are kept. Readable by its owner
 * only, as messages may hold anything.
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

/** A stream such as stdout, which is left open. */
export const streamOutput = (stream: Writable): Output => {
  // Each write tells by itself.
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

const openToAppend = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);

const lastByte = async (file: FileHandle, size: number): Promise<number | undefined> => {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
};

const unlessMissing = (error: unknown): void => {
  if (errorCode(error) !== 'ENOENT') throw error;
};
