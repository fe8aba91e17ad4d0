import { expect } from 'chai';
import fc from 'fast-check';
import { pcap } from '../../../lib/capture/pcap.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { allOf, inPieces } from '../../support/captures.js';
import { disordered, faults, fragmentsOf, overlapping, segmentsOf } from '../../support/network-faults.js';
import { connectBytes, formats, ipPacket, type MadeSegment, publishBytes } from '../../support/packets.js';

const write = formats['pcap, little-endian, µs'] ?? (() => Buffer.alloc(0));

const fileOf = (segments: readonly MadeSegment[]): Buffer =>
  write(
    101,
    segments.map((segment, at) => ({ timeMs: 1.7e12 + at, bytes: ipPacket(segment, 4) })),
  );

const topicsIn = (records: readonly CaptureRecord[]): readonly string[] =>
  records.map((record) => {
    if (record.kind === 'publish') return record.publish.topic;
    return 'detail' in record ? `${record.kind}: ${record.detail}` : record.kind;
  });

const read = async (bytes: Uint8Array): Promise<readonly string[]> =>
  topicsIn(await allOf(pcap(inPieces(bytes, []))));

const connack = Buffer.from('20020000', 'hex');

/** What a client and a broker send: the login, pings, and messages of these sizes. */
const conversation = (payloads: readonly number[]) => {
  const topics = payloads.map((_, at) => `t/${at}`);
  const messages = topics.map((topic, at) =>
    publishBytes(4, { topic, payload: Buffer.alloc(payloads[at] ?? 0, 0x78), messageId: at + 1 }),
  );
  return {
    topics,
    client: Buffer.concat([connectBytes(4), Buffer.from('c000', 'hex')]),
    broker: Buffer.concat([connack, Buffer.from('d000', 'hex'), ...messages]),
  };
};

const any = fc.record({
  payloads: fc.array(fc.oneof(fc.nat(40), fc.nat(5_000)), { minLength: 1, maxLength: 12 }),
  sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 200, max: 1_400 })), {
    minLength: 1,
    maxLength: 6,
  }),
  faults,
  seq: fc.oneof(fc.nat(0xffffffff), fc.integer({ min: 0xffffff00, max: 0xffffffff })),
});

describe('pcap: disorder', () => {
  it('of a whole connection, with its handshake and its acknowledgements anywhere', () =>
    fc.assert(
      fc.asyncProperty(any, async ({ payloads, sizes, faults: how, seq }) => {
        const { topics, client, broker } = conversation(payloads);
        const begin = (seq + 1) >>> 0;
        const sent = segmentsOf('broker', broker, begin, 101 + client.length, sizes);
        const acks = sent.map(
          (each): MadeSegment => ({
            from: 'client',
            seq: 101 + client.length,
            ack: (each.seq + (each.data?.length ?? 0)) >>> 0,
          }),
        );
        const together = sent.flatMap((each, at) => [each, acks[at] ?? each]);
        const segments: readonly MadeSegment[] = [
          { from: 'client', seq: 100, flags: ['syn'] },
          { from: 'broker', seq, ack: 101, flags: ['syn'] },
          ...segmentsOf('client', client, 101, begin, sizes),
          ...together,
        ];
        expect(await read(fileOf(disordered(segments, how)))).to.deep.equal(topics);
      }),
      { numRuns: 300 },
    )).timeout(60_000);

  it('with overlaps: each byte once', () =>
    fc.assert(
      fc.asyncProperty(any, async ({ payloads, sizes, faults: how, seq }) => {
        const { topics, client, broker } = conversation(payloads);
        const begin = (seq + 1) >>> 0;
        const segments: readonly MadeSegment[] = [
          { from: 'client', seq: 100, flags: ['syn'] },
          { from: 'broker', seq, ack: 101, flags: ['syn'] },
          ...segmentsOf('client', client, 101, begin, sizes),
          ...overlapping(broker, begin, segmentsOf('broker', broker, begin, 101 + client.length, sizes), how),
        ];
        expect(await read(fileOf(disordered(segments, how)))).to.deep.equal(topics);
      }),
      { numRuns: 300 },
    )).timeout(60_000);

  it('with retransmissions of other content and keep-alive probes: the first content counts', () =>
    fc.assert(
      fc.asyncProperty(
        any,
        fc.array(fc.nat(20), { maxLength: 8 }),
        async ({ payloads, sizes, seq }, garbled) => {
          const { topics, client, broker } = conversation(payloads);
          const begin = (seq + 1) >>> 0;
          const sent = segmentsOf('broker', broker, begin, 101 + client.length, sizes).flatMap(
            (each, at): MadeSegment[] => {
              const length = each.data?.length ?? 0;
              const last = (each.seq + length - 1) >>> 0;
              const probe = { ...each, seq: last, data: Buffer.from([0]) };
              return garbled.includes(at)
                ? [each, { ...each, data: Buffer.alloc(length, 0xff) }, probe]
                : [each];
            },
          );
          const segments: readonly MadeSegment[] = [
            { from: 'client', seq: 100, flags: ['syn'] },
            { from: 'broker', seq, ack: 101, flags: ['syn'] },
            ...segmentsOf('client', client, 101, begin, sizes),
            ...sent,
          ];
          expect(await read(fileOf(segments))).to.deep.equal(topics);
        },
      ),
      { numRuns: 200 },
    )).timeout(60_000);

  it('of packets that were cut when they were captured: what is whole is read, and the rest is reported', () =>
    fc.assert(
      fc.asyncProperty(any, fc.integer({ min: 60, max: 600 }), async ({ payloads, seq }, snapLength) => {
        const { topics, client } = conversation(payloads);
        const messages = topics.map((topic, at) =>
          publishBytes(4, { topic, payload: Buffer.alloc(payloads[at] ?? 0, 0x78), messageId: at + 1 }),
        );
        let next = (seq + 1) >>> 0;
        const sent = [connack, ...messages].map((data): MadeSegment => {
          const segment = { from: 'broker', seq: next, ack: 101 + client.length, data } as const;
          next = (next + data.length) >>> 0;
          return segment;
        });
        const segments: readonly MadeSegment[] = [
          { from: 'client', seq: 100, flags: ['syn'] },
          { from: 'broker', seq, ack: 101, flags: ['syn'] },
          ...segmentsOf('client', client, 101, (seq + 1) >>> 0, [1_400]),
          ...sent,
        ];
        const packets = segments.map((segment, at) => {
          const bytes = ipPacket(segment, 4);
          return { timeMs: 1.7e12 + at, bytes: bytes.subarray(0, snapLength), length: bytes.length };
        });
        const all = await read(write(101, packets));
        const whole = topics.filter((_, at) => 44 + (messages[at]?.length ?? 0) <= snapLength);
        expect(all.filter((each) => /^t\/\d+$/.test(each))).to.deep.equal(whole);
        const missing = all.filter((each) => /^broken: \d+ bytes? that the broker sent w/.test(each));
        expect(missing).to.have.length(topics.length - whole.length);
      }),
      { numRuns: 200 },
    )).timeout(60_000);

  it('of a connection from its middle, with a broker at any port', () =>
    fc.assert(
      fc.asyncProperty(any, fc.boolean(), async ({ payloads, faults: how, seq }, isHigh) => {
        const topics = payloads.map((_, at) => `t/${at}`);
        let next = seq;
        const sent = topics.flatMap((topic, at): MadeSegment[] => {
          const payload = Buffer.alloc(1 + (payloads[at] ?? 0), 0x78);
          const data = publishBytes(4, { topic, payload, messageId: at + 1 });
          const segment = { from: 'broker', seq: next, ack: 7, data } as const;
          next = (next + data.length) >>> 0;
          return [segment, { from: 'client', seq: 7, ack: next }];
        });
        const ping = Buffer.from('c000', 'hex');
        const segments: readonly MadeSegment[] = [...sent, { from: 'client', seq: 7, ack: next, data: ping }];
        const ports = isHigh ? { client: 1_024, server: 50_000 } : {};
        const packets = disordered(segments, how).map((segment, at) => ({
          timeMs: 1.7e12 + at,
          bytes: ipPacket(segment, 4, ports),
        }));
        expect(await read(write(101, packets))).to.deep.equal(topics);
      }),
      { numRuns: 300 },
    )).timeout(60_000);

  it('of IP fragments, in any order and repeated', () =>
    fc.assert(
      fc.asyncProperty(
        any,
        fc.integer({ min: 8, max: 700 }),
        fc.constantFrom(4 as const, 6 as const),
        async ({ payloads, sizes, faults: how, seq }, size, version) => {
          const { topics, client, broker } = conversation(payloads);
          const begin = (seq + 1) >>> 0;
          const segments: readonly MadeSegment[] = [
            { from: 'client', seq: 100, flags: ['syn'] },
            { from: 'broker', seq, ack: 101, flags: ['syn'] },
            ...segmentsOf('client', client, 101, begin, sizes),
            ...segmentsOf('broker', broker, begin, 101 + client.length, sizes),
          ];
          const fragments = segments.flatMap((segment, id) => {
            const all = fragmentsOf(ipPacket(segment, version), id, size);
            const turn = how[id % how.length];
            const [head, ...others] = all;
            const last = others.pop();
            const lastSecond = [head, last, ...others].filter((each) => each !== undefined);
            const moved = [all, lastSecond, [...all].reverse()][(turn?.late ?? 0) % 3] ?? all;
            return turn?.again ? [...moved.slice(0, 1), ...moved] : moved;
          });
          const file = write(
            101,
            fragments.map((bytes, at) => ({ timeMs: 1.7e12 + at, bytes })),
          );
          expect(await read(file)).to.deep.equal(topics);
        },
      ),
      { numRuns: 150 },
    )).timeout(60_000);
});
