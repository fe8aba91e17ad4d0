import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers';

/**
 * How often a file is looked at, ms: where its directory can't be watched, and where it is, in case the system told nothing
 * (another file system, a directory above that was moved). To look is nearly all that an idle daemon does.
 */
const lookMs = { unwatched: 2_000, watched: 30_000 };

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
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const lookIn = (ms: number): void => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(look, ms);
  };

  const look = (): void => {
    const directory = identityOf(dirname(path));
    const file = identityOf(path);
    if (directory?.inode !== watchedDirectory) {
      watcher?.close();
      watcher = directory === undefined ? undefined : watchDirectory();
      watchedDirectory = watcher === undefined ? undefined : directory?.inode;
      // It may have changed between the look at it and the watch.
      changed();
    } else if (file?.version !== lastSeen) changed();
    lastSeen = file?.version;
    lookIn(watcher === undefined ? lookMs.unwatched : lookMs.watched);
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
    if (name === null || name === basename(path)) changed();
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
