import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../util/error-code.js';

/**
 * Makes a directory and those above it that are missing, with these permission bits (less the umask); does nothing if it is
 * there. Rejects with the system's error. The `recursive` of Node.js tries forever where a file system makes no
 * directories and says ENOENT, as procfs does; here each directory is tried twice at most.
 */
export const makeDirectory = async (path: string, mode = 0o777): Promise<void> => {
  const make = (): Promise<void> =>
    mkdir(path, { mode }).catch(async (error: unknown) => {
      const isThere = await stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      );
      if (!isThere) throw error;
    });
  try {
    await make();
  } catch (error) {
    if (!mayLackParent(path, error)) throw error;
    await makeDirectory(dirname(path), mode);
    await make();
  }
};

/** As {@link makeDirectory}, for code that must not be interrupted. Throws the system's error. */
export const makeDirectorySync = (path: string, mode = 0o777): void => {
  const make = (): void => {
    try {
      mkdirSync(path, { mode });
    } catch (error) {
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
    }
  };
  try {
    make();
  } catch (error) {
    if (!mayLackParent(path, error)) throw error;
    makeDirectorySync(dirname(path), mode);
    make();
  }
};

const mayLackParent = (path: string, error: unknown): boolean =>
  errorCode(error) === 'ENOENT' && dirname(path) !== path;
