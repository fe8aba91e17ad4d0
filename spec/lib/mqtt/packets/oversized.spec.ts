import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { OversizedPublish } from '../../../../lib/mqtt/packets/oversized.js';
import type { Malformed, PublishPacket } from '../../../../lib/mqtt/packets/packet.js';
import { readPublish } from '../../../../lib/mqtt/packets/read-publish.js';
import { excerptBytes } from '../../../../lib/rules/message/excerpt.js';
import { byteLength, bytesOf } from '../../../../lib/rules/message/payload.js';
import { anyCuts, cutAt, readAll, streamOf, versions } from '../../../support/broker-bytes.js';

/** A body that arrives in these pieces. */
const take = (first: number, pieces: readonly Buffer[], version: 4 | 5): PublishPacket | Malformed => {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const publish = new OversizedPublish(first, length, version);
  for (const piece of pieces) {
    const wrong = publish.take(piece);
    if (wrong !== undefined) return wrong;
  }
  expect(publish.missing).to.equal(0);
  return publish.publish();
};

/** What the whole body would give. */
const whole = (first: number, body: Buffer, version: 4 | 5): unknown => {
  const packet = readPublish(first, body, 0, body.length, version);
  if (packet.kind === 'malformed' || packet.oversized !== undefined) return packet;
  const bytes = bytesOf(packet.payload);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...packet, payload: bytes.subarray(0, excerptBytes), oversized: { bytes: bytes.length, sha256 } };
};

const withBytes = (packet: PublishPacket | Malformed): unknown =>
  packet.kind === 'malformed' ? packet : { ...packet, payload: Buffer.from(bytesOf(packet.payload)) };

describe('a PUBLISH over 1 MiB', () => {
  for (const version of versions) {
    it(`gives its fields, its beginning, its length and its hash, in version ${version}`, () => {
      const body = fc.record({
        topic: fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom('a', '/', 'ü') }),
        // Cut at 4,096 bytes, an ASCII character is whole.
        payload: fc.nat(9_000).map((length) => Buffer.alloc(length, 'abcdef')),
        qos: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
        expiry: fc.nat(),
      });
      fc.assert(
        fc.property(body, anyCuts, ({ topic, payload, qos, expiry }, cuts) => {
          const packet = generate(
            {
              cmd: 'publish',
              topic,
              payload,
              qos,
              dup: false,
              retain: true,
              ...(qos === 0 ? {} : { messageId: 7 }),
              properties: { messageExpiryInterval: expiry },
            },
            { protocolVersion: version },
          );
          const header = 1 + packet.subarray(1).findIndex((byte) => byte < 0x80) + 1;
          const first = packet[0] ?? 0;
          const rest = packet.subarray(header);
          expect(withBytes(take(first, cutAt(rest, cuts), version))).to.deep.equal(
            whole(first, rest, version),
          );
        }),
      );
    });

    it(`is malformed exactly if a small one with the same bytes is, in version ${version}`, () => {
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 100 }),
          fc.constantFrom(0x30, 0x32, 0x34),
          anyCuts,
          (random, first, cuts) => {
            const body = Buffer.from(random);
            fc.pre(body.length > 0);
            const [one, other] = [
              take(first, cutAt(body, cuts), version),
              readPublish(first, body, 0, body.length, version),
            ];
            expect(one.kind).to.equal(other.kind);
            if (one.kind === 'malformed') expect(one).to.deep.equal(other);
          },
        ),
        { numRuns: 500 },
      );
    });

    it(`is read in order among others, in version ${version}`, () => {
      const payload = Buffer.alloc(1_048_576, 'xyz');
      const stream = streamOf(version, [
        { cmd: 'pubrel', messageId: 1 },
        { cmd: 'publish', topic: 'a', payload, qos: 2, messageId: 2, dup: false, retain: false },
        { cmd: 'pubrel', messageId: 3 },
      ]);
      const [, before, large, after] = readAll(version, cutAt(stream, [10, 500_000]));
      expect(before).to.include({ packetId: 1 });
      expect(large).to.deep.include({
        topic: 'a',
        packetId: 2,
        qos: 2,
        payload: { text: payload.toString('utf8', 0, 4_096) },
        oversized: { bytes: 1_048_576, sha256: createHash('sha256').update(payload).digest('hex') },
      });
      expect(after).to.include({ packetId: 3 });
    });
  }

  it('is one larger than 1 MiB, header included', () => {
    const sizes = [1_048_576 - 9, 1_048_576 - 8].map((bytes) => {
      const [, publish] = readAll(4, [
        streamOf(4, [
          {
            cmd: 'publish',
            topic: 'a',
            payload: Buffer.alloc(bytes, 'x'),
            qos: 1,
            messageId: 1,
            dup: false,
            retain: false,
          },
        ]),
      ]);
      return publish?.kind === 'publish' ? byteLength(publish.payload) : 0;
    });
    expect(sizes).to.deep.equal([1_048_576 - 9, 4_096]);
  });

  it('is cut between two characters', () => {
    const text = `x${'ü'.repeat(600_000)}`;
    const [, publish] = readAll(4, [
      streamOf(4, [{ cmd: 'publish', topic: 'a', payload: text, qos: 0, dup: false, retain: false }]),
    ]);
    expect(publish)
      .to.have.property('payload')
      .that.deep.equals({ text: `x${'ü'.repeat(2_047)}` });
  });

  it('is also one with more than 64 KiB of properties, which are not parsed', () => {
    const userProperties = Object.fromEntries([0, 1, 2].map((nth) => [`name ${nth}`, 'v'.repeat(30_000)]));
    const packet = {
      cmd: 'publish',
      topic: 'a',
      payload: 'small',
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
      properties: { userProperties },
    } as const;
    const [, publish] = readAll(5, [streamOf(5, [packet])]);
    expect(publish).to.deep.include({
      payload: { text: 'small' },
      properties: {},
      oversized: { bytes: 5, sha256: createHash('sha256').update('small').digest('hex') },
    });
  });

  it('may have properties of megabytes: then nothing of its payload is kept', () => {
    const userProperties = Object.fromEntries(
      Array.from({ length: 20 }, (_, nth) => [`name ${nth}`, 'v'.repeat(60_000)]),
    );
    const packet = {
      cmd: 'publish',
      topic: 'a',
      payload: 'small',
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
      properties: { userProperties },
    } as const;
    const stream = streamOf(5, [packet]);
    const [, publish] = readAll(5, cutAt(stream, [100, 70_000, 700_000]));
    expect(publish).to.deep.include({
      payload: { text: '' },
      oversized: { bytes: 5, sha256: createHash('sha256').update('small').digest('hex') },
    });
  });
});
