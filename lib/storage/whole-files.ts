import { constants } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as E from 'fp-ts/lib/Either.js';
import { writeFileAtomic } from './atomic-write.js';
import { systemDisk } from './disk.js';
import { type ReadFailure, readText } from './read-text.js';
import { syncDirectory } from './sync-directory.js';

/** Small files that are read at once, and replaced as a whole. */
export interface WholeFiles {
  readonly read: (path: string) => E.Either<ReadFailure, string>;
  /** Rejects with what the system says. */
  readonly write: (path: string, content: string) => Promise<void>;
  /** It is gone for good when this resolves. Rejects with what the system says. */
  readonly remove: (path: string) => Promise<void>;
}

/** Those of the system; none is reached through a link. */
export const systemFiles: WholeFiles = {
  read: (path) => readText(path, constants.O_NOFOLLOW),
  write: async (path, content) => {
    await systemDisk.makeDirectory(dirname(path));
    await writeFileAtomic(path, content);
    await syncDirectory(dirname(path));
  },
  remove: async (path) => {
    await rm(path);
    await syncDirectory(dirname(path));
  },
};
