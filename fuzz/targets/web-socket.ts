import { FrameReader } from '../../lib/mqtt/transport/web-socket-frames.js';
import { readUpgrade } from '../../lib/mqtt/transport/web-socket-upgrade.js';
import type { Random } from '../random.js';
import { check, type Target } from '../target.js';

const firsts = [0x82, 0x02, 0x00, 0x80, 0x89, 0x8a, 0x81, 0x88, 0xc2, 0x83];

const frame = (random: Random): Buffer => {
  const payload = random.bytes(random.below(random.chance(0.1) ? 200 : 10));
  const { length } = payload;
  return Buffer.concat([
    Buffer.from([random.pick(firsts), ...(length < 126 ? [length] : [126, 0, length])]),
    payload,
  ]);
};

/** What a reader makes of the bytes, in pieces of `pieceBytes`. */
const readIn = (bytes: Buffer, pieceBytes: number): string => {
  const data: Buffer[] = [];
  const told: string[] = [];
  const reader = new FrameReader({
    data: (piece) => data.push(Buffer.from(piece)),
    ping: (payload) => told.push(`ping ${payload.toString('hex')}`),
    close: () => told.push('close'),
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const wrong = reader.take(bytes.subarray(at, at + pieceBytes));
    if (wrong !== undefined) told.push(wrong);
  }
  return JSON.stringify([...told, Buffer.concat(data).toString('hex')]);
};

/** What a server of a WebSocket says, right or wrong. */
export const webSocket: readonly Target[] = [
  {
    name: 'WebSocket frames',
    make: (random) => Buffer.concat(Array.from({ length: 1 + random.below(6) }, () => frame(random))),
    run: (input) => {
      const whole = readIn(input, input.length || 1);
      for (const pieceBytes of [1, 3, 64])
        check(readIn(input, pieceBytes) === whole, 'the same in whatever pieces it comes');
    },
  },
  {
    name: 'WebSocket answer',
    make: () =>
      Buffer.from(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: abc=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\nframes',
      ),
    run: (input) => {
      const read = readUpgrade(input, 'abc=');
      if (read.kind === 'wrong') check(read.detail.length < 100, 'a short detail');
      if (read.kind === 'upgraded')
        check(
          input.subarray(-read.rest.length).equals(read.rest) || read.rest.length === 0,
          'what is behind it',
        );
      if (read.kind === 'coming') check(input.length < 16_384, 'a bound');
    },
  },
];
