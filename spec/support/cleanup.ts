import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Ends things after each test of the calling `describe`, the last one first. */
export function cleanup(): (end: () => unknown) => void {
  let ends: (() => unknown)[] = [];
  afterEach(async () => {
    const all = ends.reverse();
    ends = [];
    for (const end of all) await end();
  });
  return (end) => ends.push(end);
}

/** An empty directory that goes away after the test. */
export async function temporaryDirectory(atEnd: (end: () => unknown) => void): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cvmqtt-sim-'));
  atEnd(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
