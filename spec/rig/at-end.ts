import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseSecretsBelow } from './secrets.js';
import { within } from './within.js';

/** Registers something to end after the test, which may have failed. */
export type AtEnd = (end: (hasFailed: boolean) => unknown) => void;

/** How long one thing has to end, ms. */
const endMs = 20_000;

/**
 * Ends what was registered after each test of the calling `describe`, last one first. All are ended even if
 * one fails or hangs; the first failure fails the test.
 */
export function endingAfterTest(): AtEnd {
  const ends: ((hasFailed: boolean) => unknown)[] = [];
  afterEach(async function () {
    const hasFailed = this.currentTest?.state === 'failed';
    const failures: unknown[] = [];
    for (const end of ends.splice(0).reverse()) {
      const ended = Promise.resolve().then(() => end(hasFailed));
      await within(endMs, () => `${end}`, ended).catch((failure: unknown) => failures.push(failure));
    }
    if (failures.length > 0) throw failures[0];
  });
  return (end) => {
    ends.push(end);
  };
}

/** Runs `body`, then ends what it registered, last one first, also after a failure. */
export async function scoped<A>(body: (atEnd: AtEnd) => Promise<A>): Promise<A> {
  const ends: ((hasFailed: boolean) => unknown)[] = [];
  let hasFailed = true;
  try {
    const result = await body((end) => ends.push(end));
    hasFailed = false;
    return result;
  } finally {
    for (const end of ends.reverse()) await end(hasFailed);
  }
}

/**
 * An empty directory that goes away after the test. What the test left in it must have no secret, see
 * {@link refuseSecretsBelow}.
 */
export async function temporaryDirectory(atEnd: AtEnd): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cvmqtt-e2e-'));
  atEnd(async () => {
    try {
      await refuseSecretsBelow(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
  return directory;
}

/** A directory that several tests share, without anything of a unit; who asks for it removes it. */
export const sharedDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'cvmqtt-e2e-'));
