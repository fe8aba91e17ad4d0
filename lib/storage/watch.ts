import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';

/**
 * How often a file is looked at, ms. The system reports changes at once, but not all of them: none where a directory
 * above is moved, where the path leads through symbolic links, where the file alone is mounted, or by another computer
 * (inotify(7)).
 */
const lookMs = 2_000;

/** How often, while its directory is gone, ms: one that is replaced by two renames is gone for a moment only. */
const goneMs = 200;

/**
 * Calls `changed` at once, and whenever `path` may have changed: created, written, replaced or deleted, also when its
 * directory comes later or is replaced. It may call without a change, so compare what was read. What changes before the
 * first call is in what that reads, and what changes afterwards is noticed: at once where the system reports it, else
 * within {@link lookMs}. The result ends it. It keeps the process running: a unit without a login waits for nothing but
 * this file; never throws.
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
    // All files in one moment: to wake up costs more than to look.
    timer = setTimeout(look, everyMs - (performance.now() % everyMs));
    const version = identityOf(path)?.version;
    const isChanged = version !== seen;
    seen = version;
    // What is written twice within a tick of the kernel's clock (4 ms before Linux 6.13) looks like one change: hence
    // the second call.
    if (isChanged || isFresh) changed();
    isFresh = isChanged;
  };

  /** Whether there is one. */
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
      // It is gone again, or the system has no watch left: the next look tries again.
    }
    return true;
  };

  const forget = (): void => {
    watched = undefined;
  };

  const heard = (_event: string, name: string | null): void => {
    if (hasEnded) return;
    if (name === null || name === basename(path)) changed();
    // The directory itself was moved or deleted; another one may have its number.
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
 * What tells a file from another one at its place, and from its earlier content. At once: asked in another thread, as the
 * others are, an idle daemon would spend most of its time on this.
 */
const identityOf = (path: string) => {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return { inode: `${dev}:${ino}`, version: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}` };
  } catch {
    return undefined;
  }
};
