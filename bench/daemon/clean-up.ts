import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Removes temporary files however the bench ends, also on Ctrl-C. Its processes end by themselves. */
export const cleanUpAtExit = (): void => {
  const directory = mkdtempSync(join(tmpdir(), 'cvmqtt-bench-'));
  process.env['TMPDIR'] = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
};
