import { excerpted } from '../message/excerpt.js';
import { payloadOf } from '../message/payload.js';
import type { QoS } from '../message/publish.js';
import { Cursor } from './cursor.js';
import { type Malformed, malformed, type PublishPacket } from './packet.js';
import { type Properties, readProperties } from './properties.js';

/** Properties past this are not looked at: a command needs none but its expiry. */
export const maxPropertiesBytes = 65_536;

/** The most that is in front of a payload, without its properties: topic, packet id, and their length. */
export const maxHeadBytes = 2 + 65_535 + 2 + 4;

/** What is in front of the payload of a PUBLISH. */
export interface PublishHead extends Omit<PublishPacket, 'payload' | 'oversized'> {
  /** Where the payload begins in the packet's body. */
  readonly payloadAt: number;
  /** The properties are larger than {@link maxPropertiesBytes}. */
  readonly propertiesOversized: boolean;
}

/**
 * Reads what is in front of the payload out of the first bytes of a PUBLISH whose body has `length` bytes. `first` is the
 * packet's first byte. Malformed also where there are too few bytes: {@link maxHeadBytes} and the properties are enough.
 */
export const readHead = (
  first: number,
  body: Buffer,
  length: number,
  version: 4 | 5,
): PublishHead | Malformed => {
  const cursor = new Cursor(body);
  const topicLength = cursor.word();
  const topic = cursor.bytes(topicLength);
  const qos = qosOf(first);
  const packetId = qos === 0 ? undefined : cursor.word();
  const propertiesLength = version === 5 ? cursor.varint() : 0;
  const payloadAt = cursor.at + propertiesLength;
  if (cursor.failed || payloadAt > length) return malformed('a PUBLISH that is shorter than its fields');
  if (packetId === 0) return malformed(`a PUBLISH of QoS ${qos} without a packet id [MQTT-2.2.1-3]`);
  const propertiesOversized = propertiesLength > maxPropertiesBytes;
  const properties = propertiesOversized ? {} : propertiesIn(cursor, propertiesLength);
  if (properties === undefined) return malformed('a PUBLISH with malformed properties');
  if (properties.topicAlias !== undefined)
    return malformed('a PUBLISH with a topic alias, though none was offered [MQTT-3.3.2-9]');
  const wrong = wrongIn(topic);
  if (wrong !== undefined) return malformed(`a PUBLISH with ${wrong}`);
  return {
    kind: 'publish',
    topic: topic.toString(),
    qos,
    packetId,
    dup: (first & 8) !== 0,
    retain: (first & 1) !== 0,
    properties,
    payloadAt,
    propertiesOversized,
  };
};

/** Reads the body of a whole PUBLISH. The payload shares no memory with it. */
export const readPublish = (first: number, body: Buffer, version: 4 | 5): PublishPacket | Malformed => {
  const head = readHead(first, body, body.length, version);
  if (head.kind === 'malformed') return head;
  const { payloadAt, propertiesOversized, ...packet } = head;
  const bytes = body.subarray(payloadAt);
  if (propertiesOversized) return { ...packet, ...excerpted(bytes) };
  const payload = payloadOf(bytes);
  return { ...packet, payload: 'bytes' in payload ? { bytes: Buffer.from(payload.bytes) } : payload };
};

/** The quality of service in a first byte; 3 is none, and was refused before. */
const qosOf = (first: number): QoS => ((first & 6) === 0 ? 0 : (first & 6) === 2 ? 1 : 2);

const noProperties: Properties = {};

const propertiesIn = (cursor: Cursor, length: number): Properties | undefined =>
  length === 0 ? noProperties : readProperties(new Cursor(cursor.bytes(length)));

const [plus, hash] = [0x2b, 0x23];

/** What is wrong with a topic [MQTT-4.7.1-1, MQTT-4.7.3-1, MQTT-4.7.3-2]; one that is no UTF-8 is taken as far as it is. */
const wrongIn = (topic: Buffer): string | undefined => {
  if (topic.length === 0) return 'an empty topic';
  for (const byte of topic) {
    if (byte === 0) return 'a NUL in its topic';
    if (byte === plus || byte === hash) return 'a wildcard in its topic';
  }
  return undefined;
};
