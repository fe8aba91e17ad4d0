import * as E from 'fp-ts/lib/Either.js';
import type { ConnectionOptions } from './connection-options.js';
import { maximumPacketSize } from './packet-reader.js';

/** The same in MQTT 3.1.1 and 5 (MQTT 5, 3.12). */
export const pingreq = Buffer.of(0xc0, 0);

/** Of success, and in MQTT 5 without properties: the session stays (3.14.2). */
export const disconnect = Buffer.of(0xe0, 0);

/**
 * CONNECT (MQTT 5, 3.1): without a will, and without a login where the username is empty. Left: a field is longer than MQTT
 * allows; it is named, and not repeated.
 */
export const connect = (options: ConnectionOptions): E.Either<string, Buffer> => {
  const { clientId, username, password, protocolVersion, keepaliveS, sessionExpiryS } = options;
  const long = Object.entries({ clientId, username, password }).find(
    ([, value]) => Buffer.byteLength(value) > 65_535,
  );
  if (long !== undefined) return E.left(`the ${long[0]} has more than 65,535 bytes`);
  const login = username !== '';
  const flags = (sessionExpiryS === 0 ? 0x02 : 0) | (login ? 0xc0 : 0);
  return E.right(
    packet(
      0x10,
      text('MQTT'),
      Buffer.of(protocolVersion, flags),
      word(keepaliveS),
      protocolVersion === 5 ? connectProperties(options) : none,
      text(clientId),
      login ? text(username) : none,
      login ? text(password) : none,
    ),
  );
};

const connectProperties = ({ sessionExpiryS, receiveMaximum }: ConnectionOptions): Buffer => {
  const properties = Buffer.concat([
    Buffer.of(0x11),
    long(sessionExpiryS),
    Buffer.of(0x21),
    word(receiveMaximum),
    Buffer.of(0x27),
    long(maximumPacketSize),
  ]);
  return Buffer.concat([varint(properties.length), properties]);
};

/**
 * SUBSCRIBE to valid topic filters (MQTT 5, 3.8). Retain handling 1: a retained command runs once for a new subscription, not
 * at each of ours (3.8.3.1).
 */
export const subscribe = (
  packetId: number,
  filters: readonly string[],
  qos: 0 | 1,
  version: 4 | 5,
): Buffer => {
  const options = Buffer.of(version === 5 ? 0x10 | qos : qos);
  return packet(
    0x82,
    word(packetId),
    version === 5 ? noProperties : none,
    ...filters.flatMap((filter) => [text(filter), options]),
  );
};

/** UNSUBSCRIBE from valid topic filters (MQTT 5, 3.10). */
export const unsubscribe = (packetId: number, filters: readonly string[], version: 4 | 5): Buffer =>
  packet(0xa2, word(packetId), version === 5 ? noProperties : none, ...filters.map(text));

const none = Buffer.alloc(0);
const noProperties = Buffer.of(0);

const packet = (first: number, ...fields: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(fields);
  return Buffer.concat([Buffer.of(first), varint(body.length), body]);
};

const word = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);

const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([word(bytes.length), bytes]);
};

/** A variable byte integer (MQTT 5, 1.5.5). */
const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
};
