import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Replaces `path` with `content` atomically: readers see the old file or the new one. A temporary file beside it (mode
 * 0600, as it may hold a token) is flushed and renamed over it. Rejects with the system's error if the directory is
 * missing or not writable, and leaves nothing behind.
 */
export const writeFileAtomic = (path: string, content: string): Promise<void> =>
  written(path, content, rename);

/**
 * The same for a file that must not exist yet: rejects with EEXIST, whatever is in its place. Readers may see it empty for a
 * moment, as not every file system has hard links.
 */
export const writeNewFile = (path: string, content: Uint8Array): Promise<void> =>
  written(path, content, async (temporary) => {
    await (await open(path, 'wx', 0o600)).close();
    try {
      await rename(temporary, path);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  });

const written = async (
  path: string,
  content: string | Uint8Array,
  place: (temporary: string, path: string) => Promise<void>,
): Promise<void> => {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};
