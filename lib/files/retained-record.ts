import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../codec.js';
import { bytesOf } from '../message/payload.js';
import type { Publish } from '../message/publish.js';
import { writeFileAtomic } from './atomic-write.js';
import { systemDisk } from './disk.js';
import { type ReadFailure, readText } from './read-text.js';

/** Which retained messages have run in the session at the broker. */
export interface RetainedRecord {
  /** Whether this one has. */
  has(publish: Publish): boolean;
  /** It has, now. */
  add(publish: Publish): void;
  /** The session is a new one. */
  clear(): void;
}

/** Small files that are read at once, and replaced as a whole. */
export interface WholeFiles {
  readonly read: (path: string) => E.Either<ReadFailure, string>;
  /** Rejects with what the system says. */
  readonly write: (path: string, content: string) => Promise<void>;
}

const systemFiles: WholeFiles = {
  read: readText,
  write: async (path, content) => {
    await systemDisk.makeDirectory(dirname(path));
    await writeFileAtomic(path, content);
  },
};

/** The topics with a retained message, by what was retained there. */
const RetainedJson = t.record(t.string, t.string, 'an object');

/** More topics than a unit has; past it the ones that were noted first are forgotten. */
const maxTopics = 1_000;

/**
 * The record in a file, so that a restart does not run a retained command again: brokers of MQTT 3.1.1 send retained
 * messages at every subscription, and only a subscription makes sure that a session is not deaf (design.md, decision 9). A
 * file that is missing or broken is an empty record, and one that can't be written holds for this run only.
 */
export const retainedRecord = (path: string, files = systemFiles): RetainedRecord => {
  const topics = new Map(
    pipe(
      E.mapLeft(() => 'unread')(files.read(path)),
      E.chain(decodeJsonWith(RetainedJson)),
      E.match(() => [], Object.entries<string>),
    ),
  );
  let writing = false;
  let changed = false;

  /** One write at a time; what changes meanwhile is in the next one. */
  const write = async (): Promise<void> => {
    changed = true;
    if (writing) return;
    writing = true;
    while (changed) {
      changed = false;
      const content = JSON.stringify(Object.fromEntries(topics));
      await files.write(path, content).catch(() => undefined);
    }
    writing = false;
  };

  return {
    has: (publish) => topics.get(publish.topic) === digest(publish),
    add: (publish) => {
      topics.delete(publish.topic);
      topics.set(publish.topic, digest(publish));
      const [oldest] = topics.keys();
      if (topics.size > maxTopics && oldest !== undefined) topics.delete(oldest);
      void write();
    },
    clear: () => {
      if (topics.size === 0) return;
      topics.clear();
      void write();
    },
  };
};

const digest = ({ payload }: Publish): string =>
  createHash('sha256').update(bytesOf(payload)).digest('base64');
