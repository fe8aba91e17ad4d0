import { readFile, statfs } from 'node:fs/promises';
import { arch, cpus, freemem, hostname, loadavg, networkInterfaces, release, totalmem, type } from 'node:os';
import { systemClock } from '../../lib/clock/system-clock.js';
import type { SystemFacts } from '../../lib/diag/system.js';

/** Looks at this system, and at the disks of these paths as far as they exist. */
export const systemFacts = async (paths: readonly string[]): Promise<SystemFacts> => ({
  host: hostname(),
  kernel: `${type()} ${release()} ${arch()}`,
  distribution: await distribution(),
  uptimeMs: systemClock.uptimeMs(),
  load: loadavg(),
  processors: cpus().length,
  memory: { total: totalmem(), free: freemem() },
  disks: (await Promise.all(paths.map(diskOf))).flat(),
  wallMs: systemClock.wallMs(),
  isSynchronised: systemClock.isSynchronised(),
  boot: systemClock.boot,
  interfaces: Object.entries(networkInterfaces()).map(([name, addresses = []]) => ({
    name,
    addresses: addresses.map(({ cidr, address }) => cidr ?? address),
  })),
});

const diskOf = (path: string): Promise<SystemFacts['disks']> =>
  statfs(path).then(
    ({ blocks, bavail, bsize }) => [{ path, total: blocks * bsize, free: bavail * bsize }],
    () => [],
  );

/** os-release(5). */
const distribution = (): Promise<string> =>
  readFile('/etc/os-release', 'utf8').then(
    (text) => /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'an unknown system',
    () => 'an unknown system',
  );
