import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { writeFileAtomic } from '../lib/storage/atomic-write.js';
import { makeDirectory } from '../lib/storage/make-directory.js';
import { readText } from '../lib/storage/read-text.js';
import { decodeJsonWith } from '../lib/util/codec.js';
import { errorCode } from '../lib/util/error-code.js';

const SimFile = t.intersection([
  t.type({
    /** Secret that tokens are signed with: whoever can read this file can make one. */
    secret: t.string,
    /** The simulated unit. */
    username: t.string,
  }),
  t.partial({
    /** `mqtt://host:port` of the latest broker. */
    broker_url: t.string,
    /** `host:port` of the latest cvmain. */
    cvmain_address: t.string,
  }),
]);

/** State shared by the simulators of a unit, which may run in different terminals. */
export type SimFile = t.TypeOf<typeof SimFile>;

/** Path of the shared state. */
export const simFilePath = (home: string): string => join(home, 'sim.json');

/** Writes `<home>/sim.json` atomically, readable for its owner only. Rejects with the system's error. */
export async function writeSimFile(home: string, content: SimFile): Promise<void> {
  await writeFileAtomic(simFilePath(home), `${JSON.stringify(content, null, 2)}\n`);
}

/** Reads `<home>/sim.json`. Left: one line that names the file and the field, and never quotes a value. */
export function readSimFile(home: string): E.Either<string, SimFile> {
  const file = simFilePath(home);
  const text = readText(file);
  if (E.isLeft(text)) {
    const detail = text.left.reason === 'absent' ? 'does not exist' : text.left.detail;
    return E.left(`${file}: ${detail}; start cvmqtt sim with this directory first`);
  }
  return E.mapLeft((fault) => `${file}: ${fault}`)(decodeJsonWith(SimFile)(text.right));
}

/**
 * Reads `<home>/sim.json`, or makes it and its directory, with a new secret and the unit `cv12345`. Left as in {@link
 * readSimFile}; rejects with the system's error if it can't be made.
 */
export async function openSimFile(home: string): Promise<E.Either<string, SimFile>> {
  const text = readText(simFilePath(home));
  if (E.isRight(text) || text.left.reason !== 'absent') return readSimFile(home);
  const fresh = { secret: randomBytes(32).toString('hex'), username: 'cv12345' };
  try {
    await makeDirectory(home);
    await writeSimFile(home, fresh);
    return E.right(fresh);
  } catch (error) {
    return E.left(
      `${home} can't be made a directory of a simulator (${errorCode(error) ?? 'unknown error'})`,
    );
  }
}
