import * as t from 'io-ts';
import { payloadOf } from './payload.js';
import type { Publish } from './publish.js';
import { isTime } from './time.js';

/** A publish as JSON, without its number: what is needed to deliver it later. */
export const PublishJson = t.intersection([
  t.type({
    topic: t.string,
    qos: t.union([t.literal(0), t.literal(1), t.literal(2)]),
    retain: t.boolean,
    dup: t.boolean,
    /** RFC 3339. */
    received_at: t.refinement(t.string, (time) => isTime(Date.parse(time)), 'a time'),
  }),
  t.partial({
    payload: t.string,
    payload_b64: t.string,
    expires_in_ms: t.refinement(t.number, isTime, 'a number of ms, 0 or more'),
  }),
]);

export type PublishJson = t.TypeOf<typeof PublishJson>;

/** The publish as JSON: `payload`, or `payload_b64` where the bytes are not UTF-8. No byte is lost. */
export const publishToJson = ({
  topic,
  qos,
  retain,
  dup,
  payload,
  receivedAt,
  expiresInMs,
}: Publish): PublishJson => ({
  topic,
  qos,
  retain,
  dup,
  received_at: new Date(receivedAt).toISOString(),
  ...(expiresInMs === undefined ? {} : { expires_in_ms: expiresInMs }),
  ...('text' in payload
    ? { payload: payload.text }
    : { payload_b64: Buffer.from(payload.bytes).toString('base64') }),
});

/** The publish of its JSON, with this number. */
export const publishOfJson = (json: PublishJson, seq: number): Publish => ({
  seq,
  topic: json.topic,
  payload:
    json.payload_b64 === undefined
      ? { text: json.payload ?? '' }
      : payloadOf(Buffer.from(json.payload_b64, 'base64')),
  qos: json.qos,
  retain: json.retain,
  dup: json.dup,
  receivedAt: Date.parse(json.received_at),
  ...(json.expires_in_ms === undefined ? {} : { expiresInMs: json.expires_in_ms }),
});
