import { expect } from 'chai';
import fc from 'fast-check';
import { pcap } from '../../../lib/capture/pcap.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { bytesOf } from '../../../lib/rules/message/payload.js';
import { allOf, inPieces } from '../../support/captures.js';
import {
  connectBytes,
  formats,
  ipPacket,
  type MadeSegment,
  publishBytes,
  wrappers,
} from '../../support/packets.js';

const startMs = Date.parse('2026-11-23T08:00:00Z');

const file = (
  segments: readonly MadeSegment[],
  { format = 'pcap, little-endian, µs', wrapper = 'ethernet', version = 4 as 4 | 6, fromMs = startMs } = {},
): Buffer => {
  const how = wrappers[wrapper] ?? { linkType: 1, wrap: (ip: Buffer) => ip };
  const packets = segments.map((segment, at) => ({
    timeMs: fromMs + at * 1000,
    bytes: how.wrap(ipPacket(segment, version), version),
  }));
  return formats[format]?.(how.linkType, packets) ?? Buffer.alloc(0);
};

const read = (bytes: Uint8Array, cuts: readonly number[] = []): Promise<readonly CaptureRecord[]> =>
  allOf(pcap(inPieces(bytes, cuts)));

/** Without notes, which `notes` gives. */
const shown = (records: readonly CaptureRecord[]): readonly string[] =>
  records.flatMap((record) => {
    if (record.kind === 'note') return [];
    if (record.kind === 'broken') return `${record.line}: ${record.detail}`;
    if (record.kind !== 'publish') return record.kind;
    const { publish, offsetMs } = record;
    return `${offsetMs} ${publish.topic} ${Buffer.from(bytesOf(publish.payload)).toString()}`;
  });

const notes = (records: readonly CaptureRecord[]): readonly string[] =>
  records.flatMap((record) => (record.kind === 'note' ? [record.detail] : []));

const hello = (version: 4 | 5 = 4, at = { client: 100, broker: 900 }): readonly MadeSegment[] => [
  { from: 'client', seq: at.client, flags: ['syn'] },
  { from: 'broker', seq: at.broker, ack: at.client + 1, flags: ['syn'] },
  { from: 'client', seq: at.client + 1, ack: at.broker + 1, data: connectBytes(version) },
];

/** Segments of the broker with these bytes each, from `seq` on. */
const said = (seq: number, parts: readonly Uint8Array[]): readonly MadeSegment[] => {
  let next = seq;
  return parts.map((data) => {
    const segment = { from: 'broker', seq: next, ack: 200, data } as const;
    next += data.length;
    return segment;
  });
};

const publish = (topic: string, payload = 'x'): Buffer => publishBytes(4, { topic, payload });

describe('pcap: files', () => {
  for (const format of Object.keys(formats)) {
    it(`of ${format}, wherever they are cut`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.nat(2_000), { maxLength: 6 }), async (cuts) => {
          const segments = [...hello(), ...said(901, [publish('a'), publish('b')])];
          expect(shown(await read(file(segments, { format }), cuts))).to.deep.equal(['0 a x', '1000 b x']);
        }),
      ));
  }

  for (const wrapper of Object.keys(wrappers)) {
    for (const version of [4, 6] as const) {
      it(`with ${wrapper}, IPv${version}`, async () => {
        const segments = [...hello(), ...said(901, [publish('a'), publish('b')])];
        const records = await read(file(segments, { wrapper, version }));
        expect(shown(records)).to.deep.equal(['0 a x', '1000 b x']);
      });
    }
  }

  it('give the time of receipt', async () => {
    const [record] = await read(file([...hello(), ...said(901, [publish('a')])]));
    expect(record).to.have.nested.property('publish.receivedAt', startMs + 3_000);
  });

  it('may hold invalid times: the previous time is used', async () => {
    const far = file([...hello(), ...said(901, [publish('a')])], {
      format: 'pcapng, little-endian',
      fromMs: 9e15,
    });
    const [record] = await read(far);
    expect(record).to.have.nested.property('publish.receivedAt', 0);
  });

  it('that are truncated or broken are read up to there, and reported', async () => {
    const whole = file([...hello(), ...said(901, [publish('a'), publish('b')])]);
    expect(shown(await read(whole.subarray(0, -1)))).to.deep.equal([
      '0 a x',
      '5: the file is cut off in this packet: read up to there',
    ]);
    const absurd = Buffer.concat([whole, Buffer.alloc(16, 0xff), whole]);
    expect(shown(await read(absurd))).to.deep.equal([
      '0 a x',
      '1000 b x',
      '6: the file is broken here: a packet has an absurd length: read up to there',
    ]);
  });

  it('of random bytes are read to the end', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(400), fc.nat(3), async (noise, at, how) => {
        const format = Object.keys(formats)[how] ?? '';
        const whole = file([...hello(), ...said(901, [publish('a'), publish('b')])], { format });
        const place = at % whole.length;
        await read(Buffer.concat([whole.subarray(0, place), noise, whole.subarray(place + noise.length)]));
      }),
      { numRuns: 500 },
    ));
});

describe('pcap: TCP', () => {
  it('gives the same messages for segments in any order, repeated, overlapping, with wrapping numbers', () => {
    const disorder = fc.record({
      version: fc.constantFrom(4 as const, 5 as const),
      payloads: fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 12 }),
      cuts: fc.array(fc.nat(2_000), { maxLength: 12 }),
      /** For each segment: its delay in segments, whether it comes twice, its overlap in bytes. */
      moves: fc.array(fc.tuple(fc.nat(4), fc.boolean(), fc.nat(5)), { minLength: 30, maxLength: 30 }),
      firstSeq: fc.oneof(fc.nat(0xffffffff), fc.integer({ min: 0xffffff00, max: 0xffffffff })),
      seen: fc.boolean(),
    });
    return fc.assert(
      fc.asyncProperty(disorder, async ({ version, cuts, moves, firstSeq, seen, ...given }) => {
        // Without CONNECT, anything that can be read as MQTT 5 properties is.
        const payloads = given.payloads.map((payload) => (seen ? payload : [0x78, ...payload]));
        const messages = payloads.map((payload, at) =>
          publishBytes(version, { topic: `t/${at}`, payload: Buffer.from(payload), messageId: at + 1 }),
        );
        const bytes = Buffer.concat(messages);
        const ends = [...new Set([...cuts.map((cut) => cut % bytes.length), bytes.length])]
          .filter((end) => end > 0)
          .sort((one, other) => one - other);
        let from = 0;
        const segments = ends.flatMap((end, at): { late: number; segment: MadeSegment }[] => {
          const [late, twice, early] = moves[at] ?? [0, false, 0];
          const begin = Math.max(0, from - early);
          const segment = {
            from: 'broker',
            seq: firstSeq + 1 + begin,
            data: bytes.subarray(begin, end),
          } as const;
          const placed = { late: at + (seen ? late : 0), segment };
          from = end;
          return twice ? [placed, { ...placed, late: at + 7 }] : [placed];
        });
        segments.sort((one, other) => one.late - other.late);
        // A capture that began later begins with a message.
        const start = seen ? hello(version, { client: 5, broker: firstSeq }) : [];
        const records = await read(file([...start, ...segments.map(({ segment }) => segment)]));
        const found = records.map((record) =>
          record.kind === 'publish'
            ? [record.publish.topic, Buffer.from(bytesOf(record.publish.payload)).toString('hex')]
            : record,
        );
        expect(found).to.deep.equal(
          payloads.map((payload, at) => [`t/${at}`, Buffer.from(payload).toString('hex')]),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('reports a gap once it is acknowledged, and continues with the next message', async () => {
    const [one, two, three, four] = ['a', 'b', 'c', 'd'].map((topic) => publish(topic));
    if (one === undefined || two === undefined || three === undefined || four === undefined) return;
    const all = said(901, [one, two, three.subarray(0, 4), three.subarray(4), four]);
    const seen = all.filter((_, at) => at !== 1 && at !== 2);
    const ack = { from: 'client', seq: 200, ack: 901 + one.length * 4 } as const;
    expect(shown(await read(file([...hello(), ...seen, ack])))).to.deep.equal([
      '0 a x',
      `5: ${two.length + 4} bytes that the broker sent were not captured`,
      '2000 d x',
    ]);
  });

  it('does not count FIN as a byte, and takes SYN as a new connection', async () => {
    const bytes = publish('a');
    const fin = { from: 'broker', seq: 901 + bytes.length, ack: 200, flags: ['fin'] } as const;
    const ack = { from: 'client', seq: 200, ack: 902 + bytes.length } as const;
    const one = [...hello(), ...said(901, [bytes]), fin, ack];
    const other = [...hello(5), ...said(901, [publishBytes(5, { topic: 'b' })])];
    expect(shown(await read(file([...one, ...other])))).to.deep.equal(['0 a x', '6000 b x']);
  });

  it('gives up a connection that waits for too much, and frees it', async () => {
    const lost = { from: 'broker', seq: 901, ack: 200 } as const;
    const ahead = Array.from({ length: 1_100 }, (_, at) => ({
      ...lost,
      seq: 910 + at * 10,
      data: Buffer.alloc(10, 0xd0),
    }));
    const after = said(910 + 11_000, [publish('b')]);
    expect(shown(await read(file([...hello(), ...ahead, ...after]))).slice(0, 1)).to.deep.equal([
      '4: 9 bytes that the broker sent were not captured',
    ]);
  });
});

describe('pcap: MQTT', () => {
  it('from a client to the broker is ignored', async () => {
    const sent = {
      from: 'client',
      seq: 101 + connectBytes(4).length,
      ack: 901,
      data: publish('up'),
    } as const;
    expect(shown(await read(file([...hello(), sent, ...said(901, [publish('down')])])))).to.deep.equal([
      '0 down x',
    ]);
  });

  it('has properties, an expiry and topic aliases', async () => {
    const properties = { messageExpiryInterval: 9, topicAlias: 3, userProperties: { a: 'b' } };
    const parts = [
      publishBytes(5, { topic: 'a', properties }),
      publishBytes(5, { topic: '', properties: { topicAlias: 3 }, payload: 'y' }),
      publishBytes(5, { topic: '', properties: { topicAlias: 4 } }),
    ];
    const records = await read(file([...hello(5), ...said(901, parts)]));
    expect(records[0]).to.have.nested.property('publish.expiresInMs', 9_000);
    expect(records[0]).to.have.deep.property('properties', {
      'message-expiry-interval': 9,
      'user-properties': [['a', 'b']],
    });
    expect(shown(records).slice(1)).to.deep.equal([
      '1000 a y',
      '6: a publish has a topic alias whose topic was not captured',
    ]);
  });

  it('that is malformed is reported, and the next message is read', async () => {
    const wildcard = publish('a/#');
    const noise = Buffer.from([0xff, 1, 2, 3]);
    expect(
      shown(await read(file([...hello(), ...said(901, [wildcard, noise, publish('b')])]))),
    ).to.deep.equal([
      '4: a publish is malformed',
      '5: the broker sent something that is not an MQTT packet',
      '0 b x',
    ]);
  });

  it('is distinguished from other protocols', async () => {
    const http = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    const answer = Buffer.from('200 of what might be a publish, by its first byte, and is none at all');
    const request = { from: 'client', seq: 101, ack: 901, data: http } as const;
    for (const [segments, what] of [
      [[...hello().slice(0, 2), request, ...said(901, [answer])], '1 TCP connection without MQTT'],
      [said(901, [answer, answer]), '1 connection to 10.0.0.2:1883, in which no MQTT packet was found'],
    ] as const) {
      const records = await read(file(segments));
      expect(shown(records)).to.deep.equal([]);
      expect(notes(records)).to.deep.equal([`no message to a client in it: ${what}`]);
    }
  });
});
