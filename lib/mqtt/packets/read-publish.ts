import { excerpted } from '../../rules/message/excerpt.js';
import { type Payload, payloadOf } from '../../rules/message/payload.js';
import type { QoS } from '../../rules/message/publish.js';
import { Cursor } from './cursor.js';
import { type Malformed, malformed, type PublishPacket } from './packet.js';
import { readProperties, type WireProperties } from './properties.js';

/** WireProperties past this are not looked at: a command needs none but its expiry. */
export const maxPropertiesBytes = 65_536;

/** The most that is in front of a payload, without its properties: topic, packet id, and their length. */
export const maxHeadBytes = 2 + 65_535 + 2 + 4;

/** What is in front of the payload of a PUBLISH. */
export interface PublishHead extends Omit<PublishPacket, 'payload' | 'oversized'> {
  /** Where the payload begins in the bytes. */
  readonly payloadAt: number;
  /** The properties are larger than {@link maxPropertiesBytes}. */
  readonly propertiesOversized: boolean;
}

/**
 * Reads what is in front of the payload of a PUBLISH that begins at `at` in `bytes` and has `length` bytes, though they may
 * not all be there. `first` is the packet's first byte. Malformed also where there are too few bytes for this:
 * {@link maxHeadBytes} and the properties are enough.
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

/** Reads a whole PUBLISH, whose body is from `at` to `end` in `bytes`. It shares no memory with them. */
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
  // Field by field: this is run for every message, and spreading is slow.
  return head.propertiesOversized
    ? { kind, topic, qos, packetId, dup, retain, properties, ...excerpted(payload) }
    : { kind, topic, qos, packetId, dup, retain, properties, payload: ownPayload(payload) };
};

const ownPayload = (bytes: Buffer): Payload => {
  const payload = payloadOf(bytes);
  return 'bytes' in payload ? { bytes: Buffer.from(payload.bytes) } : payload;
};

/** The quality of service in a first byte; 3 is none, and was refused before. */
const qosOf = (first: number): QoS => ((first & 6) === 0 ? 0 : (first & 6) === 2 ? 1 : 2);

const noProperties: WireProperties = {};

const propertiesIn = (cursor: Cursor, length: number): WireProperties | undefined =>
  length === 0 ? noProperties : readProperties(new Cursor(cursor.bytes(length)));

const [plus, hash] = [0x2b, 0x23];

/** What is wrong with a topic [MQTT-4.7.1-1, MQTT-4.7.3-1, MQTT-4.7.3-2]; one that is no UTF-8 is taken as far as it is. */
const wrongIn = (bytes: Buffer, at: number, end: number): string | undefined => {
  if (at === end) return 'an empty topic';
  for (let next = at; next < end; next += 1) {
    const byte = bytes[next];
    if (byte === 0) return 'a NUL in its topic';
    if (byte === plus || byte === hash) return 'a wildcard in its topic';
  }
  return undefined;
};
