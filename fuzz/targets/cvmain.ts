import type { Socket } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { connectCvmain, type GrpcLibrary } from '../../lib/cvmain/client.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import { Random } from '../random.js';
import { check, type Target } from '../target.js';
import { accepting } from './accepting.js';
import {
  accepted,
  answerOn,
  aside,
  frame,
  frameHeader,
  framesIn,
  frameType,
  streamOf,
  version,
} from './http2-frames.js';

const deadlineMs = 40;
/** What a client says first (RFC 9113, 3.4). */
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;

/**
 * A server that says anything in place of cvmain, over a real socket. The first byte of an input is how it is cut, and
 * whether the server hangs up at its end; the rest are frames, each of which is written when the client has opened its stream.
 */
const cvmainBy = (library: GrpcLibrary): Target => ({
  name: library === 'http2' ? 'cvmain' : `cvmain by ${library}`,
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
      library,
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
});

/** The same server for each gRPC library. */
export const cvmain: readonly Target[] = [cvmainBy('http2'), cvmainBy('grpc-js')];

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
