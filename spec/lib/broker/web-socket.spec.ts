import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { WebSocketFrames } from '../../../lib/broker/web-socket-frames.js';
import { WebSocketUpgrade } from '../../../lib/broker/web-socket-upgrade.js';
import { anyCuts, type Cuts, cutAt } from '../../support/broker-bytes.js';

/** All that comes of frames in these pieces: the bytes of the messages, what is answered, and how it ends. */
const read = (bytes: Buffer, cuts: Cuts) => {
  const data: Buffer[] = [];
  const answers: string[] = [];
  const ends: string[] = [];
  const frames = new WebSocketFrames({
    data: (part) => data.push(Buffer.from(part)),
    write: (frame) => answers.push(unmasked(frame)),
    ended: () => ends.push('ended'),
    wrong: (detail) => ends.push(detail),
  });
  for (const piece of cutAt(bytes, cuts)) frames.take(Buffer.from(piece));
  return { data: Buffer.concat(data).toString('hex'), answers, ends };
};

/** A small frame of a client's, in hex, as it would be without its mask. */
const unmasked = (frame: Buffer): string => {
  const mask = frame.subarray(2, 6);
  const payload = frame.subarray(6).map((byte, at) => byte ^ (mask[at & 3] ?? 0));
  return Buffer.concat([Buffer.of(frame[0] ?? 0, (frame[1] ?? 0) & 0x7f), payload]).toString('hex');
};

/** A frame of a server's. */
const frame = (first: number, payload: Uint8Array): Buffer => {
  const { length } = payload;
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(length));
  const head = length < 126 ? [length] : length < 65_536 ? [126, ...long.subarray(6)] : [127, ...long];
  return Buffer.concat([Buffer.from([first, ...head]), payload]);
};

describe('the frames of a WebSocket', () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000).map((length) => new Uint8Array(length).fill(7)),
  );
  const parts = fc.array(fc.record({ first: fc.constantFrom(0x82, 0x02, 0x00, 0x80), payload }), {
    maxLength: 5,
  });

  it('are the bytes of their messages, in whatever pieces they come', () => {
    fc.assert(
      fc.property(parts, anyCuts, (all, cuts) => {
        const bytes = Buffer.concat(all.map(({ first, payload }) => frame(first, payload)));
        const data = Buffer.concat(all.map(({ payload }) => payload)).toString('hex');
        expect(read(bytes, cuts)).to.deep.equal({ data, answers: [], ends: [] });
      }),
    );
  });

  it('make the same of any bytes, in one piece or in many, and throw nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), anyCuts, (random, cuts) => {
        const bytes = Buffer.from(random);
        expect(read(bytes, cuts)).to.deep.equal(read(bytes, []));
      }),
      { numRuns: 1_000 },
    );
  });

  it('answer a ping, within a message too, and leave a pong', () => {
    const bytes = Buffer.concat([
      frame(0x02, Buffer.of(1)),
      frame(0x89, Buffer.from('ab')),
      frame(0x8a, Buffer.from('cd')),
      frame(0x80, Buffer.of(2)),
    ]);
    expect(read(bytes, 'every byte')).to.deep.equal({ data: '0102', answers: ['8a026162'], ends: [] });
  });

  it('answer a close, and read nothing behind it', () => {
    const bytes = Buffer.concat([frame(0x88, Buffer.of(3, 232)), frame(0x82, Buffer.of(1))]);
    for (const cuts of [[], 'every byte'] as const)
      expect(read(bytes, cuts)).to.deep.equal({ data: '', answers: ['880203e8'], ends: ['ended'] });
  });

  const wrong = {
    'a WebSocket frame of text [MQTT-6.0.0-1]': '8100',
    'a WebSocket frame with a mask (RFC 6455, 5.1)': '8280',
    'a WebSocket frame with an extension that was not agreed on': 'c200',
    'a WebSocket control frame that is no whole one': '897e',
    'a WebSocket frame of type 3': '8300',
  };
  for (const [detail, bytes] of Object.entries(wrong))
    it(`are told by these words where they are none: ${detail}`, () =>
      expect(read(Buffer.from(`${bytes}00`, 'hex'), []).ends).to.deep.equal([detail]));

  it('say that they are 2^63 bytes long at no cost', () => {
    const bytes = Buffer.concat([Buffer.from('827f7fffffffffffffff', 'hex'), Buffer.from('abc')]);
    expect(read(bytes, 'every byte')).to.deep.equal({ data: '616263', answers: [], ends: [] });
  });

  it('are masked where they are sent, whatever their length', () => {
    const frames = new WebSocketFrames({
      data: () => undefined,
      write: () => undefined,
      ended: () => undefined,
      wrong: () => undefined,
    });
    for (const length of [0, 125, 126, 65_535, 65_536]) {
      const bytes = Buffer.alloc(length, 'payload');
      const sent = frames.message(bytes);
      const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
      expect(sent[0]).to.equal(0x82);
      expect(sent[1]).to.equal(0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127));
      const mask = sent.subarray(head, head + 4);
      const payload = sent.subarray(head + 4).map((byte, at) => byte ^ (mask[at & 3] ?? 0));
      expect(Buffer.from(payload).equals(bytes)).to.equal(true);
    }
  });
});

describe('the upgrade to a WebSocket', () => {
  /** An upgrade, and an answer that would do. */
  const asked = () => {
    const upgrade = new WebSocketUpgrade();
    const request = upgrade.request({ host: '::1', port: 80, path: '/mqtt' }).toString();
    const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request)?.[1] ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const answer = [
      'HTTP/1.1 101 Switching Protocols',
      'upgrade: WebSocket',
      'Connection: Upgrade',
      `SEC-WEBSOCKET-ACCEPT:${accept}`,
      'Sec-WebSocket-Protocol: mqtt',
    ];
    return { upgrade, request, answer };
  };
  const bytesOf = (lines: readonly string[], behind = ''): Buffer =>
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n${behind}`);

  it('asks for MQTT, of the host as its address has it', () => {
    const { request } = asked();
    expect(request).to.match(/^GET \/mqtt HTTP\/1\.1\r\nHost: \[::1\]:80\r\n/);
    expect(request).to.include('\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n');
    expect(request.toLowerCase()).to.not.include('extensions');
  });

  it('is done with a good answer, in whatever pieces that comes; the rest is the WebSocket’s', () => {
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const { upgrade, answer } = asked();
        let rest = '';
        let done = false;
        for (const piece of cutAt(bytesOf(answer, 'rest'), cuts)) {
          if (done) rest += piece.toString();
          else {
            const upgraded = upgrade.take(piece);
            if (upgraded.kind === 'failed') throw new Error(upgraded.detail);
            if (upgraded.kind !== 'done') continue;
            done = true;
            rest = upgraded.rest.toString();
          }
        }
        expect({ done, rest }).to.deep.equal({ done: true, rest: 'rest' });
      }),
    );
  });

  const failures: Readonly<Record<string, (answer: readonly string[]) => readonly string[]>> = {
    'Unexpected server response: 404': () => ['HTTP/1.1 404 Not Found'],
    'the WebSocket is answered by something that is no web server': () => ['SSH-2.0-OpenSSH'],
    'the WebSocket is answered with a wrong key': (answer) =>
      answer.map((line) => line.replace(/ACCEPT:.*/, 'ACCEPT: x')),
    'the WebSocket is not one of MQTT [MQTT-6.0.0-4]': (answer) => answer.slice(0, -1),
    'the WebSocket has an extension that was not asked for': (answer) => [
      ...answer,
      'Sec-WebSocket-Extensions: permessage-deflate',
    ],
    'the WebSocket is answered with more than a head': () => ['x'.repeat(20_000)],
  };
  for (const [detail, answerOf] of Object.entries(failures))
    it(`fails with these words: ${detail}`, () => {
      const { upgrade, answer } = asked();
      expect(upgrade.take(bytesOf(answerOf(answer)))).to.deep.equal({ kind: 'failed', detail });
    });

  it('throws nothing, whatever is answered', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (pieces) => {
        const { upgrade } = asked();
        for (const piece of pieces) upgrade.take(Buffer.from(piece));
      }),
    );
  });
});
