import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { writeFileAtomic } from '../lib/files/atomic-write.js';
import { decodeJson } from './decode.js';

const SimFile = t.type({
  /** `mqtt://host:port` */
  broker_url: t.string,
  /** The platform server's login at the broker. */
  server_token: t.string,
  /** `host:port` of the gRPC server. */
  cvmain_address: t.string,
  /** `host:port` of the system notifier. */
  notifier_addr: t.string,
  /** The simulated unit. */
  username: t.string,
});

/** What other terminals need to know of a running `cvmqtt sim`. */
export type SimFile = t.TypeOf<typeof SimFile>;

/** Where `cvmqtt sim` says that it runs. */
export const simFilePath = (home: string): string => join(home, 'sim.json');

/** Writes `<home>/sim.json` atomically, readable for its owner only. Rejects with the system's error. */
export async function writeSimFile(home: string, content: SimFile): Promise<void> {
  await writeFileAtomic(simFilePath(home), `${JSON.stringify(content, null, 2)}\n`);
}

/** Reads `<home>/sim.json`. The left is one line that names the file and the field, and never quotes a value. */
export async function readSimFile(home: string): Promise<E.Either<string, SimFile>> {
  const file = simFilePath(home);
  try {
    return E.mapLeft((fault: string) => `${file}: ${fault}`)(
      decodeJson(SimFile, await readFile(file, 'utf8')),
    );
  } catch (error) {
    return E.left(`${file}: ${error instanceof Error && 'code' in error ? error.code : 'cannot be read'}`);
  }
}
