import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../util/error-code.js';

const { W_OK, X_OK } = constants;

/**
 * Checks before a run that its output can be written to `path` after it. The file itself is not touched: if the run fails, an
 * older output is still there. Left: why it can't, with the path.
 */
export const checkOutputFile = async (path: string): Promise<E.Either<string, void>> => {
  try {
    if ((await stat(path)).isDirectory()) return E.left(`${path}: is a directory`);
    await access(path, W_OK);
    return E.right(undefined);
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? checkOutputDirectory(path) : E.left(`${path}: ${reasonOf(error)}`);
  }
};

/** Checks that the directory of `path` takes new files. Left: why it does not, with the path. */
export const checkOutputDirectory = async (path: string): Promise<E.Either<string, void>> => {
  const parent = dirname(path);
  try {
    if (!(await stat(parent)).isDirectory()) return E.left(`${path}: ${parent} is not a directory`);
    await access(parent, W_OK | X_OK);
    return E.right(undefined);
  } catch (error) {
    return E.left(
      errorCode(error) === 'ENOENT'
        ? `${path}: the directory ${parent} does not exist`
        : `${path}: the directory ${parent} ${reasonOf(error)}`,
    );
  }
};

/** Writes an output, and replaces an older one. Left: why it could not, with the path. */
export const writeOutputFile = async (path: string, content: string): Promise<E.Either<string, void>> => {
  try {
    await writeFile(path, content);
    return E.right(undefined);
  } catch (error) {
    return E.left(`${path}: ${reasonOf(error)}`);
  }
};

const reasonOf = (error: unknown): string => {
  const code = errorCode(error) ?? 'unknown error';
  return `can't be written${reasons[code] ?? ` (${code})`}`;
};

const reasons: Readonly<Record<string, string>> = {
  EACCES: ': permission denied',
  EROFS: ': its file system is read-only',
  ENOSPC: ': the disk is full',
};
