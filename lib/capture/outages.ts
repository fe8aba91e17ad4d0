import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../util/codec.js';
import { lineReader } from './ndjson.js';
import type { CaptureRecord, Records } from './record.js';

/** From when on cvmain serves, or is away: ms since the start of the capture, or by the wall clock. */
export type Outage = { readonly serves: boolean } & (
  | { readonly offsetMs: number }
  | { readonly wallMs: number }
);

const LogEntry = t.intersection([
  t.type({ time: t.string, event: t.string }),
  t.partial({ for_ms: t.number }),
]);

/**
 * An outage begins this long before the call that found it, ms: the log does not say when the message of that call was
 * received, here or where it was captured. A unit seldom gets another one within this time.
 */
const leadMs = 100;

/** The events of the daemon's log that say whether cvmain serves. */
const events: Readonly<Record<string, boolean>> = { 'cvmain-serves': true, 'cvmain-away': false };

/**
 * Reads outages: the daemon's log in JSON, of which only the entries about cvmain count, or lines like those of a capture
 * (docs/capture.md#outages). Left: no line says anything about cvmain.
 */
export const parseOutages = (text: string): E.Either<string, readonly Outage[]> => {
  const recordOf = lineReader();
  const outages = text.split('\n').flatMap((line): readonly Outage[] => {
    const entry = decodeJsonWith(LogEntry)(line);
    if (E.isRight(entry)) {
      const serves = events[entry.right.event];
      const forMs = serves ? 0 : (entry.right.for_ms ?? 0) + leadMs;
      const wallMs = Date.parse(entry.right.time) - forMs;
      return serves === undefined || Number.isNaN(wallMs) ? [] : [{ wallMs, serves }];
    }
    const record = recordOf(line);
    return record?.kind === 'cvmain' ? [{ offsetMs: record.offsetMs, serves: record.serves }] : [];
  });
  return outages.length === 0
    ? E.left('neither a log of the daemon in JSON nor lines with "cvmain" says when cvmain was away')
    : E.right(outages);
};

/** Replaces what the records say about cvmain by outages in order of time. */
export async function* withOutages(outages: readonly Outage[], records: Records): Records {
  const due = [...outages];
  /** The wall clock at offset 0. */
  let startedAt: number | undefined;
  const offsetOf = (outage: Outage): number =>
    'offsetMs' in outage ? outage.offsetMs : outage.wallMs - (startedAt ?? outage.wallMs);
  const until = (offsetMs: number): readonly CaptureRecord[] => {
    const later = due.findIndex((outage) => offsetOf(outage) > offsetMs);
    return due.splice(0, later < 0 ? due.length : later).map((outage) => ({
      kind: 'cvmain',
      offsetMs: Math.max(0, offsetOf(outage)),
      serves: outage.serves,
    }));
  };
  for await (const batch of records) {
    yield batch.flatMap((record): readonly CaptureRecord[] => {
      if (record.kind === 'start') startedAt ??= record.startedAt;
      if (record.kind === 'cvmain') return [];
      if (record.kind !== 'publish') return [record];
      startedAt ??= record.publish.receivedAt - record.offsetMs;
      return [...until(record.offsetMs), record];
    });
  }
  yield until(Number.POSITIVE_INFINITY);
}

/** If cvmain is away at the end of the records, it is back from there on, and `assumed` is called: nothing is known of later. */
export async function* backAtEnd(records: Records, assumed: () => void): Records {
  let isAway = false;
  let endMs = 0;
  for await (const batch of records) {
    for (const record of batch) {
      if ('offsetMs' in record) endMs = record.offsetMs;
      if (record.kind === 'cvmain') isAway = !record.serves;
    }
    yield batch;
  }
  if (!isAway) return;
  assumed();
  yield [{ kind: 'cvmain', offsetMs: endMs, serves: true }];
}
