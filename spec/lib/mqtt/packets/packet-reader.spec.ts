import { expect } from 'chai';
import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import type { BrokerPacket, Malformed } from '../../../../lib/mqtt/packets/packet.js';
import { PacketReader } from '../../../../lib/mqtt/packets/packet-reader.js';
import { bytesOf } from '../../../../lib/rules/message/payload.js';
import { anyCuts, brokerPackets, cutAt, readAll, streamOf, versions } from '../../../support/broker-bytes.js';

/** What the reader gives for a packet that mqtt-packet wrote. */
const seen = (packet: BrokerPacket | Malformed): unknown => {
  if ('bytes' in packet) return { kind: packet.kind, bytes: packet.bytes.toString('hex') };
  if (packet.kind !== 'publish') return packet;
  const { topic, payload, qos, packetId, dup, retain, properties } = packet;
  const { userProperties, ...others } = properties ?? {};
  const pairs = Object.entries(userProperties ?? {});
  return { topic, payload: [...bytesOf(payload)], qos, packetId, dup, retain, others, pairs };
};

const written = (packet: Packet, protocolVersion: 4 | 5): unknown => {
  switch (packet.cmd) {
    case 'publish': {
      const { topic, payload, qos, messageId, dup, retain, properties } = packet;
      const { userProperties, ...others } = properties ?? {};
      const pairs = Object.entries(userProperties ?? {});
      return {
        topic,
        payload: [...Buffer.from(payload)],
        qos,
        packetId: messageId,
        dup,
        retain,
        others,
        pairs,
      };
    }
    case 'suback':
    case 'unsuback':
      return { kind: packet.cmd, bytes: generate(packet, { protocolVersion }).toString('hex') };
    case 'pingresp':
      return { kind: 'pingresp' };
    default:
      return { kind: packet.cmd, packetId: packet.messageId };
  }
};

describe('PacketReader', () => {
  for (const version of versions) {
    const packets = fc.array(brokerPackets(version), { maxLength: 8 });

    it(`reads what mqtt-packet writes, in any pieces, in version ${version}`, () => {
      fc.assert(
        fc.property(packets, anyCuts, (all, cuts) => {
          const [connack, ...others] = readAll(version, cutAt(streamOf(version, all), cuts));
          expect(connack).to.deep.equal({ kind: 'connack', bytes: streamOf(version, []) });
          expect(others.map(seen)).to.deep.equal(all.map((each) => written(each, version)));
        }),
      );
    });

    it(`reads the same from any bytes in one piece or in many, and throws nothing, in version ${version}`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), anyCuts, (random, isAnswered, cuts) => {
          const bytes = Buffer.concat([isAnswered ? streamOf(version, []) : Buffer.alloc(0), random]);
          expect(readAll(version, cutAt(bytes, cuts))).to.deep.equal(readAll(version, [bytes]));
        }),
        { numRuns: 500 },
      );
    });

    it(`reads the same from packets with corrupted bytes in one piece or in many, in version ${version}`, () => {
      const wrongBytes = fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(packets, wrongBytes, anyCuts, (all, wrong, cuts) => {
          const bytes = streamOf(version, all);
          for (const [at, byte] of wrong) bytes[at % bytes.length] = byte;
          expect(readAll(version, cutAt(bytes, cuts))).to.deep.equal(readAll(version, [bytes]));
        }),
        { numRuns: 500 },
      );
    });

    it(`reports a malformed packet once, and reads nothing after it, in version ${version}`, () => {
      fc.assert(
        fc.property(packets, fc.uint8Array({ maxLength: 50 }), (all, behind) => {
          const bytes = Buffer.concat([
            streamOf(version, all),
            Buffer.of(0xf1),
            behind,
            streamOf(version, all),
          ]);
          const kinds = readAll(version, [bytes]).map(({ kind }) => kind);
          expect(kinds.length).to.equal(all.length + 2);
          expect(kinds.indexOf('malformed')).to.equal(all.length + 1);
        }),
      );
    });
  }

  it('keeps unread bytes, even if the buffer is reused', () => {
    const bytes = streamOf(4, [
      { cmd: 'pubrel', messageId: 1 },
      { cmd: 'pubrel', messageId: 2 },
    ]);
    const reader = new PacketReader(4);
    reader.push(bytes);
    expect(reader.next()).to.have.property('kind', 'connack');
    reader.keep();
    bytes.fill(0);
    expect([reader.next(), reader.next(), reader.next()]).to.deep.equal([
      { kind: 'pubrel', packetId: 1 },
      { kind: 'pubrel', packetId: 2 },
      undefined,
    ]);
  });

  it('keeps nothing of a packet that its header already makes malformed', () => {
    const reader = new PacketReader(4);
    reader.push(Buffer.concat([streamOf(4, []), Buffer.from([0x90, 0xff, 0xff, 0xff, 0x7f])]));
    reader.next();
    expect(reader.next()).to.deep.equal({ kind: 'malformed', detail: 'SUBACK of 268435455 bytes' });
    expect(reader.isInside).to.equal(false);
  });
});
