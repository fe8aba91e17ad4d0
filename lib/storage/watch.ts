import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';

/**
 * Poll interval, ms. The system misses some changes: a directory further up is moved, the path has symbolic links, the
 * file alone is mounted, or another computer writes it (inotify(7)).
 */
const lookMs = 2_000;

/** Poll interval while the directory is gone, ms: one replaced by two renames is gone only briefly. */
const goneMs = 200;

/**
 * Calls `changed` at once, and whenever `path` may have changed: created, written, replaced or deleted, also if its
 * directory appears later or is replaced. It may call without a change, so compare what was read. Changes are noticed
 * at once where the system reports them, else within {@link lookMs}. The result stops watching. Keeps the process
 * running, as a unit without a login waits only for this file; never throws.
 */
export function watchFile(path: string, changed: () => void): () => void {
  let watcher: FSWatcher | undefined;
  let watched: string | undefined;
  let seen: string | undefined;
  let isFresh = true;
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;

  const look = (): void => {
    clearTimeout(timer);
    const everyMs = watchDirectory() ? lookMs : goneMs;
    // All files at the same moment: waking up costs more than looking.
    timer = setTimeout(look, everyMs - (performance.now() % everyMs));
    const version = identityOf(path)?.version;
    const isChanged = version !== seen;
    seen = version;
    // Two writes within a tick of the kernel's clock (4 ms before Linux 6.13) look like one change: hence
    // the second call.
    if (isChanged || isFresh) changed();
    isFresh = isChanged;
  };

  /** Watches the directory of the file; false if there is none. */
  const watchDirectory = (): boolean => {
    const directory = identityOf(dirname(path))?.inode;
    const isThere = directory !== undefined;
    if (directory === watched) return isThere;
    watcher?.close();
    watcher = undefined;
    watched = undefined;
    if (!isThere) return false;
    try {
      watcher = watch(dirname(path), { persistent: false }, heard).on('error', forget);
      watched = directory;
    } catch {
      // It is gone again, or the system is out of watches: the next look retries.
    }
    return true;
  };

  const forget = (): void => {
    watched = undefined;
  };

  const heard = (_event: string, name: string | null): void => {
    if (hasEnded) return;
    if (name === null || name === basename(path)) changed();
    // The directory itself was moved or deleted; a new one may reuse its inode.
    if (name === basename(dirname(path))) {
      forget();
      look();
    }
  };

  look();
  return () => {
    hasEnded = true;
    watcher?.close();
    clearTimeout(timer);
  };
}

/**
 * Identity of a file, and of its content. Synchronous: an idle daemon would spend most of its CPU time on asynchronous
 * calls.
 */
const identityOf = (path: string) => {
  try {
    // An error for each file that is not there would cost more than all else that an idle daemon does.
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return undefined;
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    return { inode: `${dev}:${ino}`, version: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}` };
  } catch {
    return undefined;
  }
};
