import { excerpted } from '../../rules/message/excerpt.js';
import { type Payload, payloadOf } from '../../rules/message/payload.js';
import type { QoS } from '../../rules/message/publish.js';
import { Cursor } from './cursor.js';
import { type Malformed, malformed, type PublishPacket } from './packet.js';
import { readProperties, type WireProperties } from './properties.js';

/** Larger properties are not read: a command needs only its expiry. */
export const maxPropertiesBytes = 65_536;

/** Maximum size before the payload, without properties: topic, packet id, and length of the properties. */
export const maxHeadBytes = 2 + 65_535 + 2 + 4;

/** Everything before the payload of a PUBLISH. */
export interface PublishHead extends Omit<PublishPacket, 'payload' | 'oversized'> {
  /** Position of the payload in the bytes. */
  readonly payloadAt: number;
  /** The properties are larger than {@link maxPropertiesBytes}. */
  readonly propertiesOversized: boolean;
}

/**
 * Reads everything before the payload of a PUBLISH that begins at `at` in `bytes` and has `length` bytes, of which some
 * may be missing. `first` is the first byte of the packet. Malformed also if too few bytes are there: {@link
 * maxHeadBytes} and the properties are enough.
 */
export const readHead = (
  first: number,
  bytes: Buffer,
  at: number,
  length: number,
  version: 4 | 5,
): PublishHead | Malformed => {
  const cursor = new Cursor(bytes, at, Math.min(at + length, bytes.length));
  const topicLength = cursor.word();
  const topicAt = cursor.at;
  cursor.skip(topicLength);
  const topicEnd = cursor.at;
  const qos = qosOf(first);
  const packetId = qos === 0 ? undefined : cursor.word();
  const propertiesLength = version === 5 ? cursor.varint() : 0;
  const payloadAt = cursor.at + propertiesLength;
  if (cursor.failed || payloadAt > at + length) return malformed('a PUBLISH that is shorter than its fields');
  if (packetId === 0) return malformed(`a PUBLISH of QoS ${qos} without a packet id [MQTT-2.2.1-3]`);
  const propertiesOversized = propertiesLength > maxPropertiesBytes;
  const properties = propertiesOversized ? noProperties : propertiesIn(cursor, propertiesLength);
  if (properties === undefined) return malformed('a PUBLISH with malformed properties');
  if (properties.topicAlias !== undefined)
    return malformed('a PUBLISH with a topic alias, though none was offered [MQTT-3.3.2-9]');
  const wrong = wrongIn(bytes, topicAt, topicEnd);
  if (wrong !== undefined) return malformed(`a PUBLISH with ${wrong}`);
  return {
    kind: 'publish',
    topic: bytes.toString('utf8', topicAt, topicEnd),
    qos,
    packetId,
    dup: (first & 8) !== 0,
    retain: (first & 1) !== 0,
    properties,
    payloadAt,
    propertiesOversized,
  };
};

/** Reads a complete PUBLISH; its body is `bytes` from `at` to `end`. The result shares no memory with `bytes`. */
export const readPublish = (
  first: number,
  bytes: Buffer,
  at: number,
  end: number,
  version: 4 | 5,
): PublishPacket | Malformed => {
  const head = readHead(first, bytes, at, end - at, version);
  if (head.kind === 'malformed') return head;
  const { kind, topic, qos, packetId, dup, retain, properties } = head;
  const payload = bytes.subarray(head.payloadAt, end);
  // Field by field: this runs for every message, and spreading is slow.
  return head.propertiesOversized
    ? { kind, topic, qos, packetId, dup, retain, properties, ...excerpted(payload) }
    : { kind, topic, qos, packetId, dup, retain, properties, payload: ownPayload(payload) };
};

const ownPayload = (bytes: Buffer): Payload => {
  const payload = payloadOf(bytes);
  return 'bytes' in payload ? { bytes: Buffer.from(payload.bytes) } : payload;
};

/** QoS from a first byte; 3 was refused before. */
const qosOf = (first: number): QoS => ((first & 6) === 0 ? 0 : (first & 6) === 2 ? 1 : 2);

const noProperties: WireProperties = {};

const propertiesIn = (cursor: Cursor, length: number): WireProperties | undefined =>
  length === 0 ? noProperties : readProperties(new Cursor(cursor.bytes(length)));

const [plus, hash] = [0x2b, 0x23];

/** Returns what is wrong with a topic [MQTT-4.7.1-1, MQTT-4.7.3-1, MQTT-4.7.3-2]; invalid UTF-8 is accepted. */
const wrongIn = (bytes: Buffer, at: number, end: number): string | undefined => {
  if (at === end) return 'an empty topic';
  for (let next = at; next < end; next += 1) {
    const byte = bytes[next];
    if (byte === 0) return 'a NUL in its topic';
    if (byte === plus || byte === hash) return 'a wildcard in its topic';
  }
  return undefined;
};
