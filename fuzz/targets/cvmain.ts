import type { Socket } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { connectCvmain } from '../../lib/cvmain/client.js';
import type { Outcome } from '../../lib/delivery/outcome.js';
import { Random } from '../random.js';
import { check, type Target } from '../target.js';
import { accepting } from './accepting.js';

const frameType = {
  data: 0,
  headers: 1,
  rst: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
};
const [endStream, endHeaders] = [1, 4];
const frameHeader = 9;

const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(frameHeader);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

/** A header field as HPACK has it without a table and without Huffman's code (RFC 7541, 6.2.2). */
const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);

const status200 = Buffer.of(0x88);
const grpc = Buffer.concat([status200, field('content-type', 'application/grpc')]);
const trailers = (code = '0', message = ''): Buffer =>
  Buffer.concat([field('grpc-status', code), ...(message === '' ? [] : [field('grpc-message', message)])]);

const accepted = Buffer.from([0, 0, 0, 0, 2, 8, 1]);
const version = Buffer.from([0, 0, 0, 0, 9, 10, 2, 8, 1, 18, 3, 49, 46, 50]);

/** An answer on a stream: one of many that servers give. */
const answerOn = (stream: number, message: Buffer, random: Random): readonly Buffer[] => {
  const { data, headers, rst, continuation } = frameType;
  const end = frame(headers, endStream | endHeaders, stream, trailers());
  switch (random.below(8)) {
    case 0:
      return [
        frame(
          headers,
          endStream | endHeaders,
          stream,
          Buffer.concat([grpc, trailers(`${random.below(20)}`, 'so it said')]),
        ),
      ];
    case 1:
      return [frame(rst, 0, stream, Buffer.from([0, 0, 0, random.below(15)]))];
    case 2: {
      const cut = random.below(grpc.length);
      return [
        frame(headers, 0, stream, grpc.subarray(0, cut)),
        frame(continuation, endHeaders, stream, grpc.subarray(cut)),
        frame(data, 0, stream, message),
        end,
      ];
    }
    case 3: {
      const page = Buffer.concat([field(':status', '404'), field('content-type', 'text/html')]);
      return [
        frame(headers, endHeaders, stream, page),
        frame(data, endStream, stream, Buffer.from('<p>404</p>')),
      ];
    }
    default: {
      const cut = random.below(message.length);
      return [
        frame(headers, endHeaders, stream, grpc),
        frame(data, 0, stream, message.subarray(0, cut)),
        frame(data, 0, stream, message.subarray(cut)),
        end,
      ];
    }
  }
};

const aside = (random: Random): Buffer => {
  const { settings, ping, goaway, window } = frameType;
  return random.pick([
    frame(ping, 0, 0, random.bytes(8)),
    frame(window, 0, 0, Buffer.from([0, 0, 1, 0])),
    frame(settings, 0, 0, Buffer.from([0, random.below(8), 0, 0, 0, random.below(256)])),
    frame(goaway, 0, 0, Buffer.from([0, 0, 0, random.below(6), 0, 0, 0, 0])),
  ]);
};

/** The input as the frames that it is, as far as their lengths lead. */
const framesIn = (input: Buffer): readonly Buffer[] => {
  const frames = [];
  for (let at = 0; at < input.length; ) {
    const length = at + frameHeader <= input.length ? input.readUIntBE(at, 3) : 0;
    frames.push(input.subarray(at, at + frameHeader + length));
    at += frameHeader + length;
  }
  return frames;
};

const streamOf = (bytes: Buffer): number =>
  bytes.length < frameHeader ? 0 : bytes.readUInt32BE(5) & 0x7fffffff;

const deadlineMs = 40;
/** What a client says first (RFC 9113, 3.4). */
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;

/**
 * A server that says anything in place of cvmain, over a real socket. The first byte of an input is how it is cut, and
 * whether the server hangs up at its end; the rest are frames, each of which is written when the client has opened its stream.
 */
export const cvmain: Target = {
  name: 'cvmain',
  costly: true,
  make: (random) => {
    const { settings } = frameType;
    const frames = [frame(settings, 0, 0), frame(settings, 1, 0)];
    for (const [at, message] of [version, accepted, version, accepted, version].entries()) {
      frames.push(...answerOn(1 + 2 * at, message, random));
      if (random.chance(0.2)) frames.push(aside(random));
    }
    return Buffer.concat([Buffer.of(random.below(256)), ...frames]);
  },
  mutate: (input, random) => {
    const frames = [...framesIn(input.subarray(1))];
    const at = random.below(frames.length + 1);
    const one = Buffer.from(frames[at] ?? aside(random));
    if (one.length >= frameHeader && random.chance(0.7)) {
      const place = random.pick([3, 4, 8]);
      one[place] = place === 8 ? random.below(8) : random.chance(0.7) ? random.below(10) : random.below(256);
    }
    if (random.chance(0.5)) frames.splice(at, random.below(2), one);
    else frames.splice(random.below(frames.length + 1), 0, one);
    return Buffer.concat([input.subarray(0, 1), ...frames]);
  },
  run: async (input) => {
    const random = new Random(input[0] ?? 0);
    const { port, next } = await accepting();
    const visit = next();
    const client = connectCvmain({
      address: `127.0.0.1:${port}`,
      callDeadlineMs: deadlineMs,
      probeDeadlineMs: deadlineMs,
    });
    let reports = 0;
    const reported = <A>(call: (done: (value: A) => void) => () => void): Promise<A> =>
      new Promise((resolve) => {
        call((value) => {
          reports += 1;
          resolve(value);
        });
      });
    let served: Socket | undefined;
    void visit.then((socket) => {
      served = socket;
      serve(socket, input.subarray(1), random);
    });
    try {
      const found = await reported<E.Either<string, string>>((done) => client.getVersion(done));
      check(
        E.isLeft(found) ? found.left.length < 1_200 : found.right.length <= 101,
        'words that have an end',
      );
      const outcome = await reported<Outcome>((done) =>
        client.sendNotification(
          { type: 'int1-a', vals: [{ k: 'body', v: 'x' }] },
          { kind: 'notifier' },
          done,
        ),
      );
      check(['accepted', 'refused', 'failed', 'away'].includes(outcome.kind), 'an outcome');
      check(outcome.kind === 'accepted' || outcome.detail.length < 1_200, 'words that have an end');
      if (E.isLeft(found))
        check(outcome.kind === 'accepted' || outcome.kind === 'away', 'no verdict without cvmain');
      const token = await reported<E.Either<string, string | undefined>>((done) => client.getAuthToken(done));
      check(E.isRight(token) || token.left.length < 1_200, 'words that have an end');
      await new Promise((resolve) => setImmediate(resolve));
      check(reports === 3, 'one report for each call');
    } finally {
      client.close();
      served?.destroy();
    }
  },
};

/** A server that hangs up does so when nobody has asked for anything for so long, ms. */
const idleMs = 4;

/** Writes each frame when the client has opened its stream. */
const serve = (socket: Socket, input: Buffer, random: Random): void => {
  const frames = [...framesIn(input)];
  const hangsUp = random.chance(0.9);
  let seen: Buffer = Buffer.alloc(0);
  let opened = 0;
  let idle: NodeJS.Timeout | undefined;
  const write = (): void => {
    for (let first = frames[0]; first !== undefined && streamOf(first) <= opened; first = frames[0]) {
      frames.shift();
      if (socket.destroyed) return;
      const cut = random.chance(0.3) ? random.below(first.length + 1) : first.length;
      socket.write(first.subarray(0, cut));
      socket.write(first.subarray(cut));
    }
    clearTimeout(idle);
    if (hangsUp) idle = setTimeout(() => socket.destroy(), idleMs);
  };
  socket.once('close', () => clearTimeout(idle));
  socket.on('data', (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    for (const each of framesIn(seen.subarray(preface)))
      if (each[3] === frameType.headers) opened = Math.max(opened, streamOf(each));
    write();
  });
  write();
};
