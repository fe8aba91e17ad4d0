import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { bytesOf } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { isTopicFilter } from '../rules/message/topic-filter.js';
import { decodeState, stateFormats, type Unread } from './state-formats.js';
import { systemFiles } from './whole-files.js';

/** State of sessions at brokers, by session name, see `sessionName`. */
export interface SessionRecord {
  /** Topic filters that the broker has for the session, as far as known. */
  filters(session: string): readonly string[];
  setFilters(session: string, filters: readonly string[]): void;
  /** True if this retained message has run. */
  hasRun(session: string, publish: Publish): boolean;
  /** Records that this retained message has run. */
  addRun(session: string, publish: Publish): void;
  /**
   * Records the last live messages by topic, each as its {@link payloadDigest}: one may be retained too, and has run.
   */
  addLive(session: string, last: readonly (readonly [topic: string, digest: string])[]): void;
  /** Resolves once everything is on the disk, as far as it can be written. */
  written(): Promise<void>;
}

/** The file's content. */
export const SessionsJson = t.type({
  sessions: t.array(
    t.type({
      name: t.string,
      filters: t.array(t.string),
      /** Digests of topics and of the retained payloads there. */
      retained: t.array(t.tuple([t.string, t.string])),
      /** The same for live messages; missing in files of earlier versions. */
      live: t.union([t.array(t.tuple([t.string, t.string])), t.undefined]),
    }),
  ),
});

export type SessionsJson = t.TypeOf<typeof SessionsJson>;

interface Session {
  filters: readonly string[];
  readonly retained: Map<string, string>;
  readonly live: Map<string, string>;
}

/** A unit has one broker, perhaps one that stands in for it. */
const maxSessions = 4;

/** More topics than a unit has. */
const maxTopics = 1_000;

/**
 * A session record in a file. It keeps the filters of a session across restarts, and keeps retained commands from
 * running again: brokers send them at each new subscription, as after a lost session. Beyond the bounds the oldest
 * entries are forgotten. A missing or broken file is an empty record; one that can't be written lasts for this run, and so
 * does one in place of a file that a newer version wrote. Written only on changes.
 */
export const sessionRecord = (path: string, files = systemFiles): SessionRecord => {
  const found = pipe(
    E.mapLeft((): Unread => ({ reason: 'broken', detail: 'unread' }))(files.read(path)),
    E.chain(decodeState(SessionsJson, stateFormats.sessions)),
  );
  const isNewer = E.isLeft(found) && found.left.reason === 'newer';
  const sessions = E.isLeft(found) ? new Map<string, Session>() : sessionsOf(found.right);
  let writing: Promise<void> | undefined;
  let changed = false;
  let isBehind = false;

  const writeAll = async (): Promise<void> => {
    while (changed) {
      changed = false;
      isBehind = await files.write(path, textOf(sessions)).then(
        () => false,
        () => true,
      );
    }
    writing = undefined;
  };
  /** One write at a time; changes during a write go into the next. */
  const write = (): void => {
    if (isNewer) return;
    changed = true;
    writing ??= writeAll();
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
      write();
    },
    hasRun: (name, publish) => {
      const { retained, live } = sessions.get(name) ?? {};
      const topic = digest(publish.topic);
      return [retained?.get(topic), live?.get(topic)].includes(payloadDigest(publish));
    },
    addRun: (name, publish) => {
      set(sessionOf(name).retained, publish.topic, payloadDigest(publish));
      write();
    },
    addLive: (name, last) => {
      const { live } = sessionOf(name);
      for (const [topic, payload] of last) set(live, topic, payload);
      write();
    },
    written: async () => {
      await writing;
      // A full disk may have room again.
      if (isBehind) write();
      await writing;
    },
  };
};

/** Replaces the entry of this topic. */
const set = (latest: Map<string, string>, topic: string, payload: string): void => {
  const key = digest(topic);
  latest.delete(key);
  latest.set(key, payload);
  forgetOldest(latest, maxTopics);
};

/** Digest that identifies a payload. */
export const payloadDigest = ({ payload, oversized }: Pick<Publish, 'payload' | 'oversized'>): string =>
  digest(oversized === undefined ? bytesOf(payload) : oversized.sha256);

/** Topics have up to 65,535 bytes; digests keep the file small enough to be read. */
const digest = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('base64');

const sessionsOf = ({ sessions }: SessionsJson): Map<string, Session> =>
  new Map(
    sessions.map(({ name, filters, retained, live }) => [
      name,
      { filters: filters.filter(isTopicFilter), retained: new Map(retained), live: new Map(live ?? []) },
    ]),
  );

const textOf = (sessions: ReadonlyMap<string, Session>): string =>
  JSON.stringify({
    format: stateFormats.sessions,
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
