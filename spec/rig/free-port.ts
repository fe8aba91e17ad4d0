import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below the ephemeral ports: 32768 and up on Linux, 49152 elsewhere. */
const [lowest, highest] = [12_000, 32_000];
const blockSize = 50;

/** The first port of this process's block; the process listens on it for its whole life. */
let block: Promise<number> | undefined;
let given = 0;

/**
 * A TCP port of 127.0.0.1 that stays free, for a program that can't choose one itself or is restarted on the
 * same port. Concurrent processes get different ports. A process gets the same port again after 48 others.
 */
export const freePort = (): Promise<number> => freePorts(1);

/** The first of `count` such ports in a row. */
export async function freePorts(count: number): Promise<number> {
  block ??= reserveBlock();
  const usable = blockSize - 1;
  if ((given % usable) + count > usable) given += usable - (given % usable);
  const first = (await block) + 1 + (given % usable);
  given += count;
  for (let port = first; port < first + count; port += 1) {
    const server = await listen(port);
    if (server === undefined) return freePorts(count);
    server.close();
    await once(server, 'close');
  }
  return first;
}

/** Rejects if all blocks are in use. */
async function reserveBlock(): Promise<number> {
  const count = (highest - lowest) / blockSize;
  for (let tried = 0; tried < count; tried += 1) {
    const first = lowest + ((process.pid + tried) % count) * blockSize;
    const server = await listen(first);
    if (server === undefined) continue;
    server.unref();
    return first;
  }
  throw new Error(`all ports from ${lowest} to ${highest} are taken`);
}

/** Resolves with undefined if the port is in use. */
const listen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
