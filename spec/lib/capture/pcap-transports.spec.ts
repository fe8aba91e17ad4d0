import { randomBytes } from 'node:crypto';
import { constants, createDeflateRaw } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { pcap } from '../../../lib/capture/pcap.js';
import { allOf, inPieces } from '../../support/captures.js';
import { segmentsOf } from '../../support/network-faults.js';
import { connectBytes, formats, ipPacket, type MadeSegment, publishBytes } from '../../support/packets.js';

const write = formats['pcap, little-endian, µs'] ?? (() => Buffer.alloc(0));

interface Seen {
  readonly text: string;
  readonly isUnread: boolean;
}

const read = async (segments: readonly MadeSegment[], ports = {}): Promise<readonly Seen[]> => {
  const file = write(
    101,
    segments.map((segment, at) => ({ timeMs: 1.7e12 + at, bytes: ipPacket(segment, 4, ports) })),
  );
  return (await allOf(pcap(inPieces(file, [])))).map((record) => ({
    text: record.kind === 'publish' ? record.publish.topic : 'detail' in record ? record.detail : record.kind,
    isUnread: record.kind === 'note' && record.isUnread,
  }));
};

const textsOf = (all: readonly Seen[]): readonly string[] => all.map(({ text }) => text);

const connack = Buffer.from('20020000', 'hex');
const topics = ['a', 'b', 'c'];
const broker = Buffer.concat([
  connack,
  ...topics.map((topic) => publishBytes(4, { topic, payload: 'y'.repeat(200) })),
]);

const handshake: readonly MadeSegment[] = [
  { from: 'client', seq: 100, flags: ['syn'] },
  { from: 'broker', seq: 900, ack: 101, flags: ['syn'] },
];

/** A connection of these bytes, in segments of these sizes. */
const connection = (up: Buffer, down: Buffer, sizes: readonly number[] = [1_400]): readonly MadeSegment[] => [
  ...handshake,
  ...segmentsOf('client', up, 101, 901, sizes),
  ...segmentsOf('broker', down, 901, 101 + up.length, sizes),
];

/** A WebSocket frame; `first` is its first byte. */
const frame = (first: number, data: Buffer, isMasked: boolean): Buffer => {
  const mask = isMasked ? randomBytes(4) : Buffer.alloc(0);
  const bit = isMasked ? 0x80 : 0;
  const length =
    data.length < 126
      ? Buffer.from([bit | data.length])
      : Buffer.from([bit | 126, data.length >> 8, data.length & 0xff]);
  const content = isMasked ? data.map((byte, at) => byte ^ (mask[at % 4] ?? 0)) : data;
  return Buffer.concat([Buffer.from([first]), length, mask, content]);
};

/** The bytes in binary messages of frames of this size, with a ping after each frame. */
const framed = (bytes: Buffer, size: number, isMasked: boolean, more = 0): Buffer => {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const isLast = at + size >= bytes.length;
    const first = (at === 0 ? 0x02 | more : 0) | (isLast ? 0x80 : 0);
    frames.push(
      frame(first, bytes.subarray(at, at + size), isMasked),
      frame(0x89, Buffer.from('p'), isMasked),
    );
  }
  return Buffer.concat(frames);
};

/** Compresses messages as permessage-deflate does (RFC 7692, 7.2.1), each with the context of those before, or without. */
const deflater = () => {
  const stream = createDeflateRaw();
  const flushed = (): Promise<void> =>
    new Promise((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
  return {
    deflate: async (data: Buffer, hasContext: boolean): Promise<Buffer> => {
      if (!hasContext) stream.reset();
      stream.write(data);
      await flushed();
      const packed: unknown = stream.read();
      return Buffer.isBuffer(packed) ? packed.subarray(0, -4) : Buffer.alloc(0);
    },
    end: () => stream.destroy(),
  };
};

const request = Buffer.from(
  'GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
);
const answer = (more = ''): Buffer =>
  Buffer.from(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n${more}\r\n`);

describe('pcap: transports', () => {
  it('WebSockets are read, with fragmented messages, masks and control frames', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
        async (size, sizes) => {
          const up = Buffer.concat([request, framed(connectBytes(4), size, true)]);
          const down = Buffer.concat([answer(), framed(broker, size, false)]);
          const all = textsOf(await read(connection(up, down, sizes)));
          expect(all.join()).to.equal(topics.join());
        },
      ),
      { numRuns: 150 },
    ));

  it('WebSockets are read from their middle, at a segment that begins with a frame', async () => {
    const frames = topics.map((topic) => frame(0x82, publishBytes(4, { topic }), false));
    const sent = frames.map((data, at): MadeSegment => {
      const seq = 901 + frames.slice(0, at).reduce((sum, each) => sum + each.length, 0);
      return { from: 'broker', seq, ack: 101, data };
    });
    expect(textsOf(await read(sent))).to.deep.equal(topics);
  });

  it('compressed WebSockets are read, with and without context, where messages are compressed or not', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('context', 'alone', 'plain'), { minLength: 4, maxLength: 12 }),
        fc.integer({ min: 1, max: 300 }),
        async (how, size) => {
          const { deflate, end } = deflater();
          const frames: Buffer[] = [];
          for (const [at, each] of how.entries()) {
            const data =
              at === 0
                ? connack
                : publishBytes(4, { topic: `t${at}`, payload: `same ${'y'.repeat(50)} ${at}` });
            if (each === 'plain') frames.push(framed(data, size, false));
            else frames.push(framed(await deflate(data, each === 'context'), size, false, 0x40));
          }
          end();
          const down = Buffer.concat([answer('Sec-WebSocket-Extensions: permessage-deflate\r\n'), ...frames]);
          const up = Buffer.concat([request, framed(connectBytes(4), size, true)]);
          const all = textsOf(await read(connection(up, down, [size])));
          expect(all).to.deep.equal(how.slice(1).map((_, at) => `t${at + 1}`));
        },
      ),
      { numRuns: 100 },
    ));

  it('compressed WebSockets whose content is damaged are named', async () => {
    const good = publishBytes(4, { topic: 'a' });
    const up = Buffer.concat([request, framed(connectBytes(4), 99, true)]);
    const down = Buffer.concat([
      answer(),
      frame(0x82, connack, false),
      frame(0x82, good, false),
      frame(0xc2, broker, false),
    ]);
    const all = await read(connection(up, down));
    expect(textsOf(all)).to.deep.equal([
      'a',
      '1 connection to 10.0.0.2:1883 is compressed (WebSocket with permessage-deflate): record on the unit, with cvmqtt capture',
    ]);
  });

  it('compressed WebSockets without a message that can be read are named', async () => {
    const down = Buffer.concat([answer(), frame(0xc2, broker, false)]);
    expect(await read(connection(request, down))).to.deep.equal([
      {
        text: 'no message to a client in it: 1 connection to 10.0.0.2:1883 is compressed (WebSocket with permessage-deflate): record on the unit, with cvmqtt capture',
        isUnread: true,
      },
    ]);
  });

  it('TLS is named, from its start and from its middle', async () => {
    const hello = Buffer.from('1603010005010000010000', 'hex');
    const data = Buffer.concat([Buffer.from('1703030010', 'hex'), randomBytes(16)]);
    for (const segments of [connection(hello, data), segmentsOf('broker', data, 5, 5, [100])])
      expect(await read(segments)).to.deep.equal([
        {
          text: 'no message to a client in it: 1 connection to 10.0.0.2:1883 is encrypted (TLS): record on the unit, with cvmqtt capture',
          isUnread: true,
        },
      ]);
  });

  it('a connection after a reset, between the same ports, is another one, whatever its numbers', async () => {
    const once = connection(connectBytes(4), broker);
    const reset: MadeSegment = { from: 'client', seq: 101, flags: ['rst'] };
    expect(textsOf(await read([...once, reset, ...once]))).to.deep.equal([...topics, ...topics]);
  });

  it('a connection that begins after one from its middle is another one, however near its numbers', async () => {
    const later = connection(connectBytes(4), broker).map(
      (each): MadeSegment => ({
        ...each,
        seq: each.seq + 2_000,
        ...(each.ack === undefined ? {} : { ack: each.ack + 2_000 }),
      }),
    );
    const from = (side: MadeSegment['from'], seq: number, topic: string): MadeSegment => ({
      from: side,
      seq,
      ack: 1_000,
      data: publishBytes(4, { topic }),
    });
    const middle = [from('broker', 1_000, 'd'), { ...from('client', 1_000, 'e'), data: Buffer.alloc(0) }];
    expect(textsOf(await read([...middle, ...later])).toSorted()).to.deep.equal([...topics, 'd']);
  });

  it('a connection at the port of brokers in which nothing can be read is not said to have no MQTT', async () => {
    const middle = broker.subarray(10, 100);
    expect(await read([{ from: 'broker', seq: 5, ack: 5, data: middle }])).to.deep.equal([
      {
        text: 'no message to a client in it: 1 connection to 10.0.0.2:1883, in which no MQTT packet was found',
        isUnread: true,
      },
    ]);
  });

  it('the side that pings is the client, whatever the ports', async () => {
    const ping: MadeSegment = { from: 'client', seq: 5, ack: 5, data: Buffer.from('c000', 'hex') };
    const sent = segmentsOf('broker', publishBytes(4, { topic: 'a' }), 5, 7, [100]);
    expect(textsOf(await read([ping, ...sent], { client: 80, server: 50_000 }))).to.deep.equal(['a']);
  });

  it('without any proof, it is said which side is taken for the broker', async () => {
    const sent = segmentsOf('broker', publishBytes(4, { topic: 'a' }), 5, 7, [100]);
    expect(textsOf(await read(sent, { client: 80, server: 50_000 }))).to.deep.equal([
      'a',
      '10.0.0.2:50000 is taken for the broker: the capture does not show which side it is',
    ]);
  });

  it('the message after a cut packet is found, wherever it begins', async () => {
    const long = publishBytes(4, { topic: 'long', payload: 'z'.repeat(300) });
    const bytes = Buffer.concat([connack, long, publishBytes(4, { topic: 'next' })]);
    const sent = segmentsOf('broker', bytes, 901, 101 + connectBytes(4).length, [100, 400]);
    const segments = [...handshake, ...segmentsOf('client', connectBytes(4), 101, 901, [100]), ...sent];
    const packets = segments.map((segment, at) => {
      const whole = ipPacket(segment, 4);
      const isCut = segment === sent[0];
      return { timeMs: 1.7e12 + at, bytes: isCut ? whole.subarray(0, 90) : whole, length: whole.length };
    });
    const records = await allOf(pcap(inPieces(write(101, packets), [])));
    const found = records.flatMap((record) => (record.kind === 'publish' ? [record.publish.topic] : []));
    expect(found).to.deep.equal(['next']);
  });

  it('after what looked like one message, other bytes are not reported', async () => {
    const sent = [publishBytes(4, { topic: 'a' }), Buffer.from('zzz'), Buffer.from('zzz')];
    const segments = sent.map((data, at): MadeSegment => {
      const seq = 1 + sent.slice(0, at).reduce((sum, each) => sum + each.length, 0);
      return { from: 'broker', seq, ack: 1, data };
    });
    expect(textsOf(await read(segments))).to.deep.equal(['a']);
  });

  it('packets are only counted as MQTT if they are well-formed', async () => {
    for (const texts of [
      ['0', '2026-01-01 0', ' '.repeat(23), '0'.repeat(60), '      @ ', '0'.repeat(60)],
      // As long as two PUBACKs, whose reason codes do not exist.
      [`@ ${'a'.repeat(32)}@ ${'b'.repeat(32)}`],
    ]) {
      const segments = texts.map((text, at): MadeSegment => {
        const seq = 1 + texts.slice(0, at).join('').length;
        return { from: 'broker', seq, ack: 1, data: Buffer.from(text) };
      });
      expect(textsOf(await read(segments, { server: 5_000 }))).to.deep.equal([
        'no message to a client in it: 1 TCP connection without MQTT',
      ]);
    }
  });

  it('bytes that are no MQTT are not reported, in the middle of any connection', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('0', '2026-01-01 0', '0'.repeat(60), '3')),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        async (texts) => {
          let seq = 1;
          const segments = texts.map((text): MadeSegment => {
            const data = Buffer.from(text);
            const segment = { from: 'broker', seq, ack: 1, data } as const;
            seq += data.length;
            return segment;
          });
          expect(await read(segments, { server: 5_000 })).to.deep.equal([
            { text: 'no message to a client in it: 1 TCP connection without MQTT', isUnread: false },
          ]);
        },
      ),
      { numRuns: 300 },
    ));
});
