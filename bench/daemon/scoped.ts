import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AtEnd } from '../../spec/rig/at-end.js';

/** Runs `body`, and ends whatever it noted to be ended, the last one first, also when it fails. */
export const scoped = async <A>(body: (atEnd: AtEnd) => Promise<A>): Promise<A> => {
  const ends: (() => unknown)[] = [];
  try {
    return await body((end) => ends.push(end));
  } finally {
    for (const end of ends.reverse()) await end();
  }
};

/** Whatever ends the bench, Ctrl-C too, its files go with it; its processes do by themselves. */
export const cleanUpAtExit = (): void => {
  const directory = mkdtempSync(join(tmpdir(), 'cvmqtt-bench-'));
  process.env['TMPDIR'] = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
};
