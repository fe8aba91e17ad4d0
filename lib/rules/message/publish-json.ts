import * as t from 'io-ts';
import { isTime } from '../../util/time.js';
import { jsonBytes } from './json-bytes.js';
import { byteLength, bytesOf, type Payload, payloadOf } from './payload.js';
import type { Publish } from './publish.js';

/** A target of a notification. */
export const TargetKind = t.keyof({ notifier: null, external: null });

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** A publish as JSON, without its sequence number. */
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
    /** Length of the whole payload, if only its beginning is stored. */
    payload_bytes: t.refinement(t.number, isCount, 'a number of bytes'),
    payload_sha256: t.string,
    expires_in_ms: t.refinement(t.number, isTime, 'a number of ms, 0 or more'),
    /** Where the sender wants its answer. */
    reply: t.union([
      t.null,
      t.intersection([t.type({ topic: t.string }), t.partial({ correlation: t.string })]),
    ]),
    /** Targets that have accepted it. */
    accepted: t.readonlyArray(TargetKind),
  }),
]);

export type PublishJson = t.TypeOf<typeof PublishJson>;

/** Longer texts are stored in the shorter of both forms. */
const shortCharacters = 4_096;

/** True if base64 is shorter: escapes take up to six bytes for one, base64 four for three. */
const isBase64 = (payload: Payload): boolean =>
  !('text' in payload) ||
  (payload.text.length > shortCharacters && jsonBytes(payload.text) > base64Bytes(byteLength(payload)));

const base64Bytes = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/** Length of the payload in the publish's JSON, bytes. */
export const payloadJsonBytes = (payload: Payload): number =>
  'text' in payload && !isBase64(payload) ? jsonBytes(payload.text) : base64Bytes(byteLength(payload));

/**
 * Converts a publish to JSON: `payload`, or `payload_b64` if the bytes are not UTF-8, or if base64 is shorter for a
 * large text. Keeps every byte.
 */
export const publishToJson = ({
  topic,
  qos,
  retain,
  dup,
  payload,
  oversized,
  receivedAt,
  expiresInMs,
  reply,
  accepted,
}: Publish): PublishJson => ({
  topic,
  qos,
  retain,
  dup,
  received_at: new Date(receivedAt).toISOString(),
  ...(expiresInMs === undefined ? {} : { expires_in_ms: expiresInMs }),
  ...(reply === undefined ? {} : { reply }),
  ...(accepted === undefined ? {} : { accepted }),
  ...(oversized === undefined ? {} : { payload_bytes: oversized.bytes, payload_sha256: oversized.sha256 }),
  ...('text' in payload && !isBase64(payload)
    ? { payload: payload.text }
    : { payload_b64: Buffer.from(bytesOf(payload)).toString('base64') }),
});

/** The publish from its JSON, with this sequence number. */
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
  ...(json.payload_bytes === undefined
    ? {}
    : { oversized: { bytes: json.payload_bytes, sha256: json.payload_sha256 ?? '' } }),
  ...(json.expires_in_ms === undefined ? {} : { expiresInMs: json.expires_in_ms }),
  ...(json.reply === undefined ? {} : { reply: json.reply }),
  ...(json.accepted === undefined ? {} : { accepted: json.accepted }),
});
