import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AtEnd, temporaryDirectory } from './at-end.js';

/** A separate disk of 64 KiB. */
export interface SmallDisk {
  readonly directory: string;
  /** Fills its free space. */
  fill(): Promise<void>;
  /** Frees that space. */
  empty(): Promise<void>;
  /** Makes it read-only, also for root. */
  makeReadOnly(): Promise<void>;
}

const run = promisify(execFile);

/** Mounts a small disk (a tmpfs); needs root. */
export async function mountSmallDisk(atEnd: AtEnd): Promise<SmallDisk> {
  const directory = await temporaryDirectory(atEnd);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'cvmqtt-e2e', directory]);
  atEnd(() => run('umount', ['-l', directory]));
  const ballast = join(directory, 'ballast');
  return {
    directory,
    fill: async () => {
      const { bavail, bsize } = await statfs(directory);
      await writeFile(ballast, Buffer.alloc(bavail * bsize));
    },
    empty: () => rm(ballast),
    makeReadOnly: async () => {
      await run('mount', ['-o', 'remount,ro', directory]);
    },
  };
}
