import { constants } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as E from 'fp-ts/lib/Either.js';
import { writeFileAtomic } from './atomic-write.js';
import { systemDisk } from './disk.js';
import { problemOf } from './own-file.js';
import { type ReadFailure, readText } from './read-text.js';
import { syncDirectory } from './sync-directory.js';

/** Small files, read synchronously and replaced as a whole. */
export interface WholeFiles {
  readonly read: (path: string) => E.Either<ReadFailure, string>;
  /** Rejects with the system's error. */
  readonly write: (path: string, content: string) => Promise<void>;
  /** Replaces the file `to`. Resolves once that survives a power cut. Rejects with the system's error. */
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Resolves once the removal survives a power cut. Rejects with the system's error. */
  readonly remove: (path: string) => Promise<void>;
}

/** Files of the system; links are not followed. */
export const systemFiles: WholeFiles = {
  read: (path) => readText(path, constants.O_NOFOLLOW),
  write: async (path, content) => {
    await systemDisk.makeDirectory(dirname(path));
    await writeFileAtomic(path, content);
    await syncDirectory(dirname(path));
  },
  rename: async (from, to) => {
    await systemDisk.rename(from, to);
    await syncDirectory(dirname(to));
  },
  remove: async (path) => {
    await rm(path);
    await syncDirectory(dirname(path));
  },
};

/** The same files; each write that fails is reported too, with the file and why. */
export const reportingFiles = (files: WholeFiles, failed: (detail: string) => void): WholeFiles => ({
  ...files,
  write: (path, content) =>
    files.write(path, content).catch((error: unknown) => {
      failed(`${path}: ${problemOf(error)}`);
      throw error;
    }),
});
