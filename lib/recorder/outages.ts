import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Outage } from '../capture/outages.js';
import { decodeJsonWith } from '../util/codec.js';
import { CalledLine } from './lines.js';

const Header = t.type({ cvmqtt_capture: t.number, started_at_ms: t.number, payloads: t.string });
const Presence = t.type({ offset_ms: t.number, cvmain: t.string });
const Arrived = t.type({ offset_ms: t.number, topic: t.string, seq: t.number });
const Line = t.union([Header, Presence, CalledLine, Arrived]);

/** An outage begins before the message whose call shows it, ms. */
const leadMs = 1;

/** Whether a capture is a flight recorder's, by its first line. */
export const isRecording = (firstLine: string): boolean => E.isRight(decodeJsonWith(Header)(firstLine));

/**
 * When cvmain was away, as a flight recorder shows it: before the first message whose call did not reach it, as a replay
 * calls cvmain at the receipt of a message, and after the last one whose call did. The recorder itself says it only after
 * that call.
 */
export const outagesIn = (text: string): readonly Outage[] => {
  const outages: Outage[] = [];
  const arrivedAt = new Map<number, number>();
  let startedAt = 0;
  /** When the last message was received that cvmain was called for, and answered. */
  let servedAt = Number.NEGATIVE_INFINITY;
  const change = (serves: boolean, wallMs: number): void => {
    if ((outages.at(-1)?.serves ?? true) !== serves || outages.length === 0) outages.push({ serves, wallMs });
  };
  const calledFor = ({ offset_ms, called }: t.TypeOf<typeof CalledLine>): void => {
    const calledAt = startedAt + offset_ms - called.took_ms;
    const receivedAt = Math.min(arrivedAt.get(called.seq) ?? calledAt, calledAt);
    if (called.outcome === 'away') change(false, Math.max(servedAt + 0.001, receivedAt - leadMs));
    else servedAt = Math.max(servedAt, receivedAt);
  };
  for (const each of text.split('\n')) {
    const line = decodeJsonWith(Line)(each);
    if (E.isLeft(line)) continue;
    if ('payloads' in line.right) startedAt = line.right.started_at_ms;
    else if ('cvmain' in line.right) change(line.right.cvmain === 'serves', startedAt + line.right.offset_ms);
    else if ('called' in line.right) calledFor(line.right);
    else arrivedAt.set(line.right.seq, startedAt + line.right.offset_ms);
  }
  return outages;
};
