import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { splitName } from '../../lib/rules/message/name.js';
import { decodeJsonWith } from '../../lib/util/codec.js';

const sample = (name: string): string => fileURLToPath(new URL(`../../samples/day/${name}`, import.meta.url));

/** The files of the sample day (samples/README.md). */
export const day = {
  capture: sample('capture.ndjson'),
  settings: sample('cvmqtt.json'),
  /** The daemon's log from the time of the capture. */
  daemonLog: sample('daemon.ndjson'),
  newRules: sample('new-rules.json'),
  alwaysRegistered: sample('always-registered.json'),
};

const Settled = t.intersection([
  t.type({ topic: t.string, took_ms: t.number }),
  t.partial({
    name: t.string,
    /** In the log, for dead letters. */
    reason: t.string,
    message: t.string,
    /** In the output of a replay. */
    end: t.string,
  }),
]);

/** The result of one message. */
export interface MessageResult {
  readonly name: string | undefined;
  readonly topic: string;
  readonly end: string;
  readonly tookMs: number;
}

/** The results in the lines of a daemon's log or of a replay, in order. A spooled message has its result later. */
export const resultsIn = (lines: string): readonly MessageResult[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => {
      const decoded = decodeJsonWith(Settled)(line);
      if (E.isLeft(decoded)) throw new Error(`${decoded.left}: ${line}`);
      const { name, topic, took_ms: tookMs, reason, message, end } = decoded.right;
      return { name, topic, tookMs, end: end ?? reason ?? /(\w+)$/.exec(message ?? '')?.[1] ?? '' };
    })
    .filter(({ end }) => end !== 'spooled');

/** The results that the daemon logged on that day. */
export const logged = (): readonly MessageResult[] => resultsIn(readFileSync(day.daemonLog, 'utf8'));

/**
 * Results by integration, each in order, as only that order is guaranteed; messages without an integration by topic.
 */
export const byIntegration = (
  results: readonly MessageResult[],
): Readonly<Record<string, readonly MessageResult[]>> => {
  const of = ({ name, topic }: MessageResult): string => {
    const split = splitName(name ?? '');
    return E.isRight(split) ? split.right.integration : topic;
  };
  const groups = new Map<string, MessageResult[]>();
  for (const each of results) groups.set(of(each), [...(groups.get(of(each)) ?? []), each]);
  return Object.fromEntries(groups);
};

/** The same as text to compare: the name and the result of each message. */
export const sequences = (results: readonly MessageResult[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(byIntegration(results)).map(([integration, each]) => [
      integration,
      each.map(({ name, topic, end }) => `${name ?? topic}: ${end}`),
    ]),
  );

/** Number of messages by result. */
export const counts = (results: readonly MessageResult[]): Readonly<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const { end } of results) found[end] = (found[end] ?? 0) + 1;
  return found;
};
