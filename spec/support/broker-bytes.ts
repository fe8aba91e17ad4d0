import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import type { BrokerPacket, Malformed } from '../../lib/mqtt/packets/packet.js';
import { PacketReader } from '../../lib/mqtt/packets/packet-reader.js';

/** Both versions of MQTT. */
export const versions = [4, 5] as const;

/**
 * Everything that a reader makes of bytes in these pieces, up to the first malformed packet. Each piece is
 * overwritten once it is read.
 */
export const readAll = (version: 4 | 5, pieces: readonly Buffer[]): readonly (BrokerPacket | Malformed)[] => {
  const reader = new PacketReader(version);
  const packets: (BrokerPacket | Malformed)[] = [];
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    reader.push(bytes);
    for (let packet = reader.next(); packet !== undefined; packet = reader.next()) packets.push(packet);
    bytes.fill(0xee);
  }
  return packets;
};

/** Where to cut bytes into pieces. */
export type Cuts = readonly number[] | 'every byte';

/** The bytes in pieces that end at these offsets. */
export const cutAt = (bytes: Buffer, places: Cuts): readonly Buffer[] => {
  if (places === 'every byte') return Array.from(bytes, (byte) => Buffer.of(byte));
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, at) => bytes.subarray(cuts[at], end));
};

/** Arbitrary cuts. */
export const anyCuts: fc.Arbitrary<Cuts> = fc.oneof(
  fc.array(fc.nat(100_000), { maxLength: 10 }),
  fc.constant('every byte' as const),
);

const packetId = fc.integer({ min: 1, max: 65_535 });
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((given) => given.toWellFormed());
const topic = text
  .map((given) => given.replace(/[+#\0]/g, '/'))
  .map((given) => (given === '' ? 's2u/cv12345/int1-open' : given));

const publishProperties = fc.record(
  {
    payloadFormatIndicator: fc.boolean(),
    messageExpiryInterval: fc.nat(),
    contentType: text,
    responseTopic: text,
    correlationData: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    subscriptionIdentifier: fc.integer({ min: 1, max: 268_435_455 }),
    userProperties: fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })),
      { minKeys: 1, maxKeys: 3, noNullPrototype: true },
    ),
  },
  { requiredKeys: [] },
);

/** A packet that a broker may send after CONNACK. */
export const brokerPackets = (version: 4 | 5): fc.Arbitrary<Packet> => {
  const publish = fc
    .record({ topic, payload: fc.uint8Array({ maxLength: 300 }), retain: fc.boolean() })
    .chain((base) =>
      fc
        .record({
          qos: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
          dup: fc.boolean(),
          messageId: packetId,
          properties: publishProperties,
        })
        .map(({ qos, dup, properties, messageId }): Packet => {
          const made = {
            cmd: 'publish' as const,
            ...base,
            payload: Buffer.from(base.payload),
            qos,
            dup: dup && qos > 0,
          };
          return { ...made, ...(qos === 0 ? {} : { messageId }), ...(version === 5 ? { properties } : {}) };
        }),
    );
  return fc.oneof(
    { weight: 5, arbitrary: publish },
    packetId.map((messageId): Packet => ({ cmd: 'pubrel', messageId })),
    packetId.map((messageId): Packet => ({ cmd: 'suback', messageId, granted: [1, 0, 128] })),
    packetId.map((messageId): Packet => ({ cmd: 'unsuback', messageId, granted: [0] })),
    fc.constant<Packet>({ cmd: 'pingresp' }),
  );
};

/** CONNACK, followed by the packets, as bytes. */
export const streamOf = (version: 4 | 5, packets: readonly Packet[]): Buffer =>
  Buffer.concat([
    Buffer.from(version === 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0]),
    ...packets.map((packet) => generate(packet, { protocolVersion: version })),
  ]);
