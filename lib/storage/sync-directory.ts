import { open } from 'node:fs/promises';
import { errorCode } from '../util/error-code.js';

/** Errors that say that it can't be done here: the file system doesn't support it, or the directory may not be read. */
const unsupported = new Set([
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EBADF',
  'EISDIR',
  'EACCES',
  'EPERM',
]);

/**
 * fsyncs a directory: without it, a new or renamed file may be gone after a power cut, with all its data (fsync(2)).
 * Does nothing where that is not supported. Rejects with the system's error if it fails.
 */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path);
    try {
      await directory.sync();
    } finally {
      await directory.close().catch(() => undefined);
    }
  } catch (error) {
    if (!unsupported.has(errorCode(error) ?? '')) throw error;
  }
}
