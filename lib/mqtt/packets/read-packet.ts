import { plural } from '../../util/plural.js';
import { Cursor } from './cursor.js';
import { type BrokerPacket, type Malformed, malformed } from './packet.js';
import { readProperties, type WireProperties } from './properties.js';
import { readPublish } from './read-publish.js';

/** Packet types (MQTT 5, 2.1.2). */
const names = [
  'a packet of type 0',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
] as const;

/** Bounds of the remaining length, bytes, in MQTT 3.1.1 and 5. */
interface Bounds {
  readonly min: number;
  readonly max4: number;
  readonly max5: number;
}

/** Upper bound for packets without a payload: no broker needs more. */
const control = 131_072;

/** Packets that a client may receive, by type. */
const bounds: Readonly<Record<number, Bounds>> = {
  2: { min: 2, max4: 2, max5: control },
  3: { min: 2, max4: 268_435_455, max5: 268_435_455 },
  4: { min: 2, max4: 2, max5: control },
  5: { min: 2, max4: 2, max5: control },
  6: { min: 2, max4: 2, max5: control },
  7: { min: 2, max4: 2, max5: control },
  9: { min: 3, max4: control, max5: control },
  11: { min: 2, max4: 2, max5: control },
  13: { min: 0, max4: 0, max5: 0 },
  14: { min: 0, max4: -1, max5: control },
};

const [connack, publish, pubrel, disconnect] = [2, 3, 6, 14];

/** Returns what is wrong with a packet's first byte, if anything. `answered`: CONNACK came before. */
export const wrongFirst = (first: number, version: 4 | 5, answered: boolean): string | undefined => {
  const type = first >> 4;
  const flags = first & 0xf;
  const name = names[type] ?? '';
  const known = bounds[type];
  if (known === undefined || (version === 4 ? known.max4 : known.max5) < 0)
    return `${name}, which no client may receive`;
  if (!answered && type !== connack && type !== disconnect) return `${name} before CONNACK [MQTT-3.2.0-1]`;
  if (answered && type === connack) return 'a second CONNACK [MQTT-3.2.0-2]';
  if (type === publish) return (flags & 6) === 6 ? 'a PUBLISH of QoS 3 [MQTT-3.3.1-4]' : undefined;
  return flags === (type === pubrel ? 2 : 0) ? undefined : `${name} with the flags ${flags} [MQTT-2.1.3-1]`;
};

/** Returns what is wrong with a packet's remaining length, before any of the body is kept. */
export const wrongLength = (first: number, length: number, version: 4 | 5): string | undefined => {
  const known = bounds[first >> 4];
  const max = version === 4 ? known?.max4 : known?.max5;
  if (known !== undefined && max !== undefined && length >= known.min && length <= max) return undefined;
  return `${names[first >> 4]} of ${plural(length, 'byte')}`;
};

/**
 * Reads a complete packet with a valid first byte and length; its body is `bytes` from `at` to `end`. The result shares
 * no memory with `bytes`.
 */
export const readPacket = (
  first: number,
  bytes: Buffer,
  at: number,
  end: number,
  version: 4 | 5,
): BrokerPacket | Malformed => {
  const type = first >> 4;
  if (type === publish) return readPublish(first, bytes, at, end, version);
  const packet = readControl(first, bytes, at, end, version);
  return packet ?? malformed(`a malformed ${names[type]}`);
};

/** Undefined if malformed. */
const readControl = (
  first: number,
  bytes: Buffer,
  at: number,
  end: number,
  version: 4 | 5,
): BrokerPacket | undefined => {
  const cursor = new Cursor(bytes, at, end);
  switch (first >> 4) {
    case 2: {
      const flags = cursor.byte();
      cursor.skip(1);
      const isGood = flags <= 1 && (version === 4 || propertiesOf(cursor) !== undefined);
      return isGood ? { kind: 'connack', bytes: packetOf(first, bytes.subarray(at, end)) } : undefined;
    }
    case 4: {
      const packetId = idOf(cursor);
      const code = cursor.left === 0 ? 0 : cursor.byte();
      return packetId === undefined ? undefined : { kind: 'puback', packetId, code };
    }
    case 6: {
      const packetId = idOf(cursor);
      return packetId === undefined ? undefined : { kind: 'pubrel', packetId };
    }
    case 9:
    case 11: {
      const isGood = idOf(cursor) !== undefined && (version === 4 || propertiesOf(cursor) !== undefined);
      const kind = first >> 4 === 9 ? 'suback' : 'unsuback';
      const body = bytes.subarray(at, end);
      // A code that 3.1.1 does not define [MQTT-3.9.3-2] refuses this filter only.
      const known = version === 5 ? body : body.map((code, index) => (index > 1 && code > 2 ? 0x80 : code));
      return isGood ? { kind, bytes: packetOf(first, known) } : undefined;
    }
    case 13:
      return { kind: 'pingresp' };
    case 14:
      return { kind: 'disconnect', code: cursor.left === 0 ? 0 : cursor.byte() };
    default:
      return idOf(cursor) === undefined ? undefined : { kind: 'other' };
  }
};

/** The complete packet for a body. */
const packetOf = (first: number, body: Uint8Array): Buffer => {
  const header = [first];
  for (let length = body.length; header.length === 1 || length > 0; length >>= 7)
    header.push((length & 0x7f) | (length > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.from(header), body]);
};

/** Undefined if it is 0, which is invalid [MQTT-2.2.1-3]. */
const idOf = (cursor: Cursor): number | undefined => cursor.word() || undefined;

/** The properties; empty if the packet ends before them, as in responses of 3.1.1. */
const propertiesOf = (cursor: Cursor): WireProperties | undefined => {
  if (cursor.left === 0) return {};
  const length = cursor.varint();
  const block = new Cursor(cursor.bytes(length));
  return cursor.failed ? undefined : readProperties(block);
};
