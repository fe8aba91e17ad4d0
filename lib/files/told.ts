import { realpathSync, statfsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** By their magic numbers, statfs(2). */
const ownFileSystems = new Map([
  [0xef53, 'ext2, ext3, ext4'],
  [0xf2f52010, 'f2fs'],
  [0x9123683e, 'btrfs'],
  [0x58465342, 'xfs'],
  [0x2fc12fc1, 'zfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlayfs'],
  [0x4d44, 'vfat'],
  [0x24051905, 'ubifs'],
]);

/**
 * Whether the system tells who watches its directory of all that changes this file. False where it is reached through a
 * symbolic link, as what that leads to may change, and in a file system that others may change too, such as another
 * computer, or the host of a virtual machine (inotify(7)): in each that is not known to be the machine's own. Elsewhere than
 * on Linux each is taken for its own.
 */
export const isTold = (path: string): boolean => {
  const directory = resolve(dirname(path));
  const file = join(directory, basename(path));
  try {
    if (realpathSync.native(directory) !== directory || (realPathOf(file) ?? file) !== file) return false;
    return process.platform !== 'linux' || ownFileSystems.has(statfsSync(directory).type);
  } catch {
    return false;
  }
};

/** Undefined for a file that is not there yet. */
const realPathOf = (file: string): string | undefined => {
  try {
    return realpathSync.native(file);
  } catch {
    return undefined;
  }
};
