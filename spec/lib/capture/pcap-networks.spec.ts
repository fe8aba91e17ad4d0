import { expect } from 'chai';
import { pcap } from '../../../lib/capture/pcap.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { allOf, inPieces } from '../../support/captures.js';
import { networks } from '../../support/networks.js';
import { connectBytes, formats, ipPacket, type MadeSegment, publishBytes } from '../../support/packets.js';

const connect = connectBytes(4);
const first = publishBytes(4, { topic: 'a' });

const segments: readonly MadeSegment[] = [
  { from: 'client', seq: 100, flags: ['syn'] },
  { from: 'broker', seq: 900, ack: 101, flags: ['syn'] },
  { from: 'client', seq: 101, ack: 901, data: connect },
  { from: 'broker', seq: 901, ack: 101 + connect.length, data: Buffer.from('20020000', 'hex') },
  { from: 'broker', seq: 905, ack: 101 + connect.length, data: first },
  {
    from: 'broker',
    seq: 905 + first.length,
    ack: 101 + connect.length,
    data: publishBytes(4, { topic: 'b' }),
  },
];

const shown = (records: readonly CaptureRecord[]): readonly string[] =>
  records.map((record) => {
    if (record.kind === 'publish') return record.publish.topic;
    return 'detail' in record ? record.detail : record.kind;
  });

const read = async (bytes: Uint8Array): Promise<readonly string[]> =>
  shown(await allOf(pcap(inPieces(bytes, []))));

const packetsOn = (name: string, version: 4 | 6) =>
  segments.map((segment, at) => ({
    timeMs: 1.7e12 + at,
    bytes: networks[name]?.wrap(ipPacket(segment, version), version) ?? Buffer.alloc(0),
  }));

const file = (name: string, version: 4 | 6 = 4, format = 'pcap, little-endian, µs'): Buffer =>
  formats[format]?.(networks[name]?.linkType ?? 0, packetsOn(name, version)) ?? Buffer.alloc(0);

/** A little-endian block of pcapng whose body has this size, all zeros. */
const blockOf = (type: number, bytes: number): Buffer => {
  const block = Buffer.alloc(bytes + 12);
  block.writeUInt32LE(type, 0);
  block.writeUInt32LE(block.length, 4);
  block.writeUInt32LE(block.length, block.length - 4);
  return block;
};

describe('pcap: networks', () => {
  for (const name of Object.keys(networks)) {
    it(`are read: ${name}`, async () => {
      expect(await read(file(name, 4))).to.deep.equal(['a', 'b']);
      expect(await read(file(name, 6))).to.deep.equal(['a', 'b']);
    });
  }

  it('are read up to the end of a file that is cut anywhere, which is said', async () => {
    for (const format of Object.keys(formats)) {
      const whole = file('GRE', 4, format);
      for (let end = 1; end < whole.length; end += 1) {
        const all = await read(whole.subarray(0, end));
        const messages = all.filter((each) => each.length === 1);
        expect(messages).to.deep.equal(['a', 'b'].slice(0, messages.length));
        // A file that ends between two packets can't be told from a whole one.
        const isSaid = all.some((each) => /cut off|no message to a client/.test(each));
        expect(isSaid || messages.length > 0, `${format} cut at ${end}`).to.equal(true);
      }
      expect(await read(whole)).to.deep.equal(['a', 'b']);
    }
  }).timeout(60_000);

  it('that are not read are named', async () => {
    const packet = { timeMs: 1.7e12, bytes: Buffer.alloc(60) };
    const write = formats['pcap, little-endian, µs'] ?? (() => Buffer.alloc(0));
    expect(await read(write(127, [packet, packet]))).to.deep.equal([
      'no message to a client in it: 2 packets of WLAN (802.11), which is not read: record on the unit, with cvmqtt capture',
    ]);
    expect(await read(write(147, [packet]))).to.deep.equal([
      'no message to a client in it: 1 packet of link type 147, which is not read: record on the unit, with cvmqtt capture',
    ]);
    expect(await read(write(1, []))).to.deep.equal([
      'no message to a client in it: there is no packet in it',
    ]);
    const noInterface = [blockOf(6, 20 + 60), blockOf(2, 20 + 60), blockOf(3, 4 + 60)];
    const section = Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000', 'hex');
    expect(await read(Buffer.concat([section, ...noInterface]))).to.deep.equal([
      'no message to a client in it: 3 packets of an interface that the file does not describe, which is not read: record on the unit, with cvmqtt capture',
    ]);
    const arp = { ...packet, bytes: Buffer.concat([Buffer.alloc(12), Buffer.from('0806', 'hex')]) };
    expect(await read(write(1, [arp]))).to.deep.equal(['no message to a client in it: 1 packet of ARP']);
  });
});
