import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Outage } from '../capture/outages.js';
import { decodeJsonWith } from '../util/codec.js';
import { CalledLine } from './lines.js';

const Header = t.type({ cvmqtt_capture: t.number, started_at_ms: t.number, payloads: t.string });
const Presence = t.type({ offset_ms: t.number, cvmain: t.string });
const Line = t.union([Header, Presence, CalledLine]);

/** A call begins just after its message was received, ms. */
const leadMs = 2;

/** Whether a capture is a flight recorder's, by its first line. */
export const isRecording = (firstLine: string): boolean => E.isRight(decodeJsonWith(Header)(firstLine));

/**
 * When cvmain was away, as a flight recorder shows it: from the first call that did not reach it. The recorder itself says it
 * only after the message whose call that was.
 */
export const outagesIn = (text: string): readonly Outage[] => {
  const outages: Outage[] = [];
  let startedAt = 0;
  const change = (serves: boolean, offsetMs: number): void => {
    if ((outages.at(-1)?.serves ?? true) !== serves || outages.length === 0)
      outages.push({ serves, wallMs: startedAt + offsetMs });
  };
  for (const each of text.split('\n')) {
    const line = decodeJsonWith(Line)(each);
    if (E.isLeft(line)) continue;
    if ('payloads' in line.right) startedAt = line.right.started_at_ms;
    else if ('cvmain' in line.right) change(line.right.cvmain === 'serves', line.right.offset_ms);
    else if (line.right.called.outcome === 'away')
      change(false, line.right.offset_ms - line.right.called.took_ms - leadMs);
  }
  return outages;
};
