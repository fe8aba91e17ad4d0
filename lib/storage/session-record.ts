import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { bytesOf } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { isTopicFilter } from '../rules/message/topic-filter.js';
import { decodeJsonWith } from '../util/codec.js';
import { writeFileAtomic } from './atomic-write.js';
import { systemDisk } from './disk.js';
import { type ReadFailure, readText } from './read-text.js';

/** What is known of the sessions at brokers; each has a name of its own, see `sessionName`. */
export interface SessionRecord {
  /** The topic filters that the broker has for the session, as far as is known. */
  filters(session: string): readonly string[];
  setFilters(session: string, filters: readonly string[]): void;
  /** Whether this retained message has run. */
  hasRun(session: string, publish: Publish): boolean;
  /** It has, now. */
  addRun(session: string, publish: Publish): void;
  /**
   * What came live last on each topic, as its {@link payloadDigest}, in place of what the record had: it may be retained,
   * too, and has run.
   */
  setLive(session: string, last: readonly (readonly [topic: string, digest: string])[]): void;
}

/** Small files that are read at once, and replaced as a whole. */
export interface WholeFiles {
  readonly read: (path: string) => E.Either<ReadFailure, string>;
  /** Rejects with what the system says. */
  readonly write: (path: string, content: string) => Promise<void>;
}

const systemFiles: WholeFiles = {
  read: (path) => readText(path, constants.O_NOFOLLOW),
  write: async (path, content) => {
    await systemDisk.makeDirectory(dirname(path));
    await writeFileAtomic(path, content);
  },
};

const SessionsJson = t.type({
  sessions: t.array(
    t.type({
      name: t.string,
      filters: t.array(t.string),
      /** Digests of topics, and of what was retained there. */
      retained: t.array(t.tuple([t.string, t.string])),
      /** The same of what came live; missing in files of earlier versions. */
      live: t.union([t.array(t.tuple([t.string, t.string])), t.undefined]),
    }),
  ),
});

interface Session {
  filters: readonly string[];
  readonly retained: Map<string, string>;
  live: ReadonlyMap<string, string>;
}

/** A unit has one broker, perhaps one that stands in for it. */
const maxSessions = 4;

/** More topics than a unit has. */
const maxTopics = 1_000;

/**
 * The record in a file: which filters a session still has is known after a restart, and a retained command does not run
 * again, as brokers send retained messages at subscriptions and a new or lost session is subscribed anew. Past the
 * bounds the oldest entries are forgotten. A file that is missing or broken is an empty record, and one that can't be
 * written holds for this run only. It is written only when something changes.
 */
export const sessionRecord = (path: string, files = systemFiles): SessionRecord => {
  const sessions = read(files, path);
  let writing = false;
  let changed = false;

  /** One write at a time; what changes meanwhile is in the next one. */
  const write = async (): Promise<void> => {
    changed = true;
    if (writing) return;
    writing = true;
    while (changed) {
      changed = false;
      await files.write(path, textOf(sessions)).catch(() => undefined);
    }
    writing = false;
  };

  const sessionOf = (name: string): Session => {
    const session = sessions.get(name) ?? { filters: [], retained: new Map(), live: new Map() };
    sessions.delete(name);
    sessions.set(name, session);
    forgetOldest(sessions, maxSessions);
    return session;
  };

  return {
    filters: (name) => sessions.get(name)?.filters ?? [],
    setFilters: (name, filters) => {
      const session = sessionOf(name);
      if (JSON.stringify(filters) === JSON.stringify(session.filters)) return;
      session.filters = filters;
      void write();
    },
    hasRun: (name, publish) => {
      const { retained, live } = sessions.get(name) ?? {};
      const topic = digest(publish.topic);
      return [retained?.get(topic), live?.get(topic)].includes(payloadDigest(publish));
    },
    addRun: (name, publish) => {
      const { retained } = sessionOf(name);
      const topic = digest(publish.topic);
      retained.delete(topic);
      retained.set(topic, payloadDigest(publish));
      forgetOldest(retained, maxTopics);
      void write();
    },
    setLive: (name, last) => {
      sessionOf(name).live = new Map(
        last.slice(-maxTopics).map(([topic, payload]) => [digest(topic), payload]),
      );
      void write();
    },
  };
};

/** What tells the payload of a publish from another one. */
export const payloadDigest = ({ payload, oversized }: Pick<Publish, 'payload' | 'oversized'>): string =>
  digest(oversized === undefined ? bytesOf(payload) : oversized.sha256);

/** Topics may have 65,535 bytes; with their digests the file stays within what is read of it. */
const digest = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('base64');

const read = (files: WholeFiles, path: string): Map<string, Session> =>
  pipe(
    E.mapLeft(() => 'unread')(files.read(path)),
    E.chain(decodeJsonWith(SessionsJson)),
    E.match(
      () => new Map(),
      ({ sessions }) =>
        new Map(
          sessions.map(({ name, filters, retained, live }) => [
            name,
            {
              filters: filters.filter(isTopicFilter),
              retained: new Map(retained),
              live: new Map(live ?? []),
            },
          ]),
        ),
    ),
  );

const textOf = (sessions: ReadonlyMap<string, Session>): string =>
  JSON.stringify({
    sessions: [...sessions].map(([name, { filters, retained, live }]) => ({
      name,
      filters,
      retained: [...retained],
      live: [...live],
    })),
  });

const forgetOldest = (map: Map<string, unknown>, most: number): void => {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
};
