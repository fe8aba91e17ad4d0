import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AtEnd, temporaryDirectory } from './at-end.js';

/** A disk of its own, of 64 KiB. */
export interface SmallDisk {
  readonly directory: string;
  /** Takes all that is left of it. */
  fill(): Promise<void>;
  /** Gives that back. */
  empty(): Promise<void>;
  /** Nothing can be written to it any more, also by root. */
  makeReadOnly(): Promise<void>;
}

const run = promisify(execFile);

/** Mounts one (a tmpfs); that needs root. */
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
