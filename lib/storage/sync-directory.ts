import { open } from 'node:fs/promises';

/**
 * Has the names in a directory on the disk: a file that was just made or renamed may else be gone after a power cut, with
 * all that was flushed to it (fsync(2)). Never rejects: not every file system can.
 */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path).catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close().catch(() => undefined);
}
