import { readFileSync, watch } from 'node:fs';

/** Resolves once a file has a text this many times. */
export const written = (file: string, text: string, times = 1): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (readFileSync(file, 'utf8').split(text).length <= times) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(file, look);
    look();
  });
