import { expect } from 'chai';
import fc from 'fast-check';
import { clientFrame, FrameReader } from '../../../../lib/mqtt/transport/web-socket-frames.js';
import { anyCuts, type Cuts, cutAt } from '../../../support/broker-bytes.js';

/** What a reader gives for bytes in these pieces. */
const readAll = (bytes: Buffer, cuts: Cuts) => {
  const data: Buffer[] = [];
  const controls: string[] = [];
  const wrong: string[] = [];
  const reader = new FrameReader({
    data: (piece) => data.push(Buffer.from(piece)),
    ping: (payload) => controls.push(`ping ${payload.toString('hex')}`),
    close: () => controls.push('close'),
  });
  for (const piece of cutAt(bytes, cuts)) {
    const own = Buffer.from(piece);
    wrong.push(...[reader.take(own) ?? []].flat());
    own.fill(0xee);
  }
  return { data: Buffer.concat(data), controls, wrong };
};

/** A server's frame, without a mask. */
const serverFrame = (opcode: number, payload: Buffer, fin = true): Buffer => {
  const { length } = payload;
  const short = length < 126 ? [length] : length < 65_536 ? [126, length >> 8] : [127, 0, 0, 0, 0, 0];
  const rest = length < 126 ? [] : length < 65_536 ? [length & 0xff] : [length >> 16, length >> 8, length];
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode, ...short, ...rest]), payload]);
};

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('frames of a WebSocket', () => {
  it('are read in any pieces, even with pings between the fragments of a message', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000).map((length) => new Uint8Array(length).fill(7)),
    );
    const message = fc.array(payload, { minLength: 1, maxLength: 4 });
    const pings = fc.uint8Array({ maxLength: 125 });
    fc.assert(
      fc.property(fc.array(fc.tuple(message, pings), { maxLength: 4 }), anyCuts, (messages, cuts) => {
        const bytes = messages.flatMap(([parts, ping]) =>
          parts.flatMap((part, at) => [
            serverFrame(at === 0 ? 2 : 0, Buffer.from(part), at === parts.length - 1),
            serverFrame(9, Buffer.from(ping)),
            serverFrame(10, Buffer.from(ping)),
          ]),
        );
        const all = Buffer.concat(bytes);
        expect(readAll(all, all.length < 3_000 ? cuts : [1, 2, 3, 70_000])).to.deep.equal({
          data: Buffer.concat(messages.flatMap(([parts]) => parts)),
          controls: messages.flatMap(([parts, ping]) =>
            parts.map(() => `ping ${Buffer.from(ping).toString('hex')}`),
          ),
          wrong: [],
        });
      }),
    );
  });

  it('of a client have the shortest length encoding and their own mask', () => {
    for (const [length, header] of [
      [0, '8280'],
      [125, '82fd'],
      [126, '82fe007e'],
      [65_535, '82feffff'],
      [65_536, '82ff0000000000010000'],
    ] as const) {
      const payload = Buffer.alloc(length, 'payload');
      const frame = clientFrame(2, payload);
      const at = header.length / 2;
      expect(frame.toString('hex', 0, at)).to.equal(header);
      const mask = frame.subarray(at, at + 4);
      expect(frame.subarray(at + 4).map((byte, nth) => byte ^ (mask[nth % 4] ?? 0))).to.deep.equal(payload);
    }
    const masks = new Set(Array.from({ length: 20 }, () => clientFrame(9, hex('00')).toString('hex', 2, 6)));
    expect(masks.size).to.be.above(10);
  });

  it('pass on the data of an endless message', () => {
    const bytes = Buffer.concat([hex('827f001fffffffffffff'), Buffer.alloc(1_000, 'x')]);
    expect(readAll(bytes, []).data).to.have.length(1_000);
  });

  const wrong: readonly (readonly [what: string, bytes: string])[] = [
    ['a text [MQTT-6.0.0-1]', '810161'],
    ['a WebSocket frame with reserved bits', 'c20161'],
    ['a WebSocket frame with a mask', '82810000000061'],
    ['a WebSocket frame that continues nothing', '800161'],
    ['a WebSocket message within another', '020161820161'],
    ['a text [MQTT-6.0.0-1]', '020161810161'],
    ['a WebSocket frame that continues nothing', '020161800161800161'],
    ['a WebSocket control frame that is too long', '090161'],
    ['a WebSocket control frame that is too long', '897e0080'],
    ['a WebSocket control frame that is too long', '887f'],
    ['a WebSocket frame with the opcode 3', '8300'],
    ['a WebSocket frame with the opcode 15', '8f00'],
  ];
  for (const [what, bytes] of wrong)
    it(`report an error once: ${what} (${bytes})`, () => {
      const both = Buffer.concat([hex(bytes), hex('8201628901628f00')]);
      for (const cuts of [[], 'every byte'] as const)
        expect(readAll(both, cuts)).to.deep.include({
          controls: [],
          wrong: [what],
        });
    });

  it('after a close are not read', () => {
    const bytes = hex('820161880203e88201628f00');
    for (const cuts of [[], 'every byte'] as const)
      expect(readAll(bytes, cuts)).to.deep.equal({ data: Buffer.from('a'), controls: ['close'], wrong: [] });
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), anyCuts, (bytes, cuts) => void readAll(Buffer.from(bytes), cuts)));
  });
});
