import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Removes temporary files at exit, also after Ctrl-C. Child processes end by themselves. */
export const cleanUpAtExit = (): void => {
  const directory = mkdtempSync(join(tmpdir(), 'cvmqtt-bench-'));
  process.env['TMPDIR'] = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
};
