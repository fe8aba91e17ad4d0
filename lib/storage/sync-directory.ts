import { open } from 'node:fs/promises';

/**
 * fsyncs a directory: without it, a new or renamed file may be gone after a power cut, with all its data (fsync(2)).
 * Never rejects, as some file systems don't support it.
 */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path).catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close().catch(() => undefined);
}
