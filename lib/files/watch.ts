import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers';
import { isTold } from './told.js';

/**
 * How often a file is looked at, ms: where its directory can't be watched, or not all changes there are told; and where it
 * is, as nothing tells that a directory above was moved. To look would be most of what an idle daemon does.
 */
const lookMs = { unwatched: 2_000, watched: 3_600_000 };

/**
 * Calls `changed` whenever `path` may have changed: created, written, replaced or deleted, also when its directory comes
 * later or is replaced. It may call without a change, so compare what was read. The result ends it. Uses no more than a
 * watch of the directory and a `stat` now and then, and keeps the process running: a unit without a login waits for nothing
 * but this file; never throws.
 */
export function watchFile(path: string, changed: () => void): () => void {
  let watcher: FSWatcher | undefined;
  let watchedDirectory: string | undefined;
  let lastSeen: string | undefined;
  let told = false;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const lookIn = (ms: number): void => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(look, ms);
  };

  const look = (): void => {
    const directory = identityOf(dirname(path));
    const file = identityOf(path);
    const isAnother = directory?.inode !== watchedDirectory;
    if (isAnother) {
      watcher?.close();
      watcher = directory === undefined ? undefined : watchDirectory();
      watchedDirectory = watcher === undefined ? undefined : directory?.inode;
    }
    // In another directory it may have changed between the look at it and the watch.
    if (isAnother || file?.version !== lastSeen) {
      told = watcher !== undefined && isTold(path);
      changed();
    }
    lastSeen = file?.version;
    lookIn(told ? lookMs.watched : lookMs.unwatched);
  };

  const watchDirectory = (): FSWatcher | undefined => {
    try {
      return watch(dirname(path), { persistent: false }, heard).on('error', () => {
        watchedDirectory = undefined;
        lookIn(lookMs.unwatched);
      });
    } catch {
      return undefined;
    }
  };

  const heard = (_event: string, name: string | null): void => {
    if (name === null || name === basename(path)) {
      changed();
      // It may be a symbolic link now.
      lookIn(lookMs.unwatched);
    }
    // The directory itself was moved or deleted.
    if (name === basename(dirname(path))) look();
  };

  lookIn(0);
  return () => {
    ended = true;
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
    const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
    return { inode: `${dev}:${ino}`, version: `${dev}:${ino}:${size}:${mtimeNs}` };
  } catch {
    return undefined;
  }
};
