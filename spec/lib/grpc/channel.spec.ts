import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { Channel } from '../../../lib/grpc/channel.js';
import type { LinkOptions } from '../../../lib/grpc/link.js';
import { status } from '../../../lib/grpc/status.js';
import type { CallResult } from '../../../lib/grpc/unary-call.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { Journal } from '../../rig/journal.js';
import { leftOf } from '../../support/either.js';
import { accepted, answer, startProxy, startRawServer, startStranger } from '../../support/raw-server.js';

const message = accepted.subarray(5);
/** A message without fields, and its prefix. */
const emptyMessage = Buffer.alloc(5);
const ignore = (): void => undefined;

/** What grpc-js lacks, or does not do by itself; the contract has what both libraries do. */
describe('Channel', () => {
  const atEnd = endingAfterTest();

  const open = (address: string, options: Partial<LinkOptions> = {}) => {
    const all = { connectMs: 5_000, pingMs: 5_000, pingAgainMs: 60_000, callsPerConnection: 1_000_000 };
    const channel = new Channel(address, { ...all, ...options });
    atEnd(() => channel.close());
    const call = (deadlineMs = 5_000, bytes = emptyMessage): Promise<CallResult> =>
      new Promise((resolve) => channel.call({ path: '/a/b', message: bytes, deadlineMs }, resolve));
    const calls = (count: number, deadlineMs?: number): Promise<readonly CallResult[]> =>
      Promise.all(Array.from({ length: count }, () => call(deadlineMs)));
    /** Calls until there is an answer, for 15 s at most. */
    const callUntilThere = async (deadlineMs?: number): Promise<CallResult> => {
      const until = performance.now() + 15_000;
      let end = await call(deadlineMs);
      while (E.isLeft(end) && performance.now() < until) end = await call(deadlineMs);
      return end;
    };
    return { channel, call, calls, callUntilThere };
  };
  /** A server whose handler can be changed. */
  const withServer = async (options?: Partial<LinkOptions>) => {
    const now: { handle: Parameters<typeof startRawServer>[1] } = { handle: (stream) => answer(stream) };
    const server = await startRawServer(atEnd, (stream, headers) => now.handle(stream, headers));
    const line = await startProxy(atEnd, server.address);
    return { now, server, line, ...open(line.address, options) };
  };

  it('repeats calls that a departing server has not read', async () => {
    const { now, server, calls } = await withServer();
    const held: ServerHttp2Stream[] = [];
    now.handle = (stream) => held.push(stream);
    const ends = calls(8);
    await server.streams.first('streams', () => true, { nth: 8 });
    now.handle = (stream) => answer(stream);
    const session = await server.sessions.first('a session');
    session.goaway(0, held[0]?.id);
    await server.sessions.first('another connection', () => true, { nth: 2 });
    for (const stream of held) if (!stream.closed) answer(stream);
    expect(await ends).to.deep.equal(Array.from({ length: 8 }, () => E.right(message)));
    expect(server.streams.entries, 'the calls, and those that were sent again').to.have.length(8 + 7);
  });

  it('repeats no call twice', async () => {
    const { now, server, call } = await withServer();
    now.handle = (stream) => stream.close(7);
    expect(leftOf(await call())).to.have.property('code', status.UNAVAILABLE);
    expect(server.streams.entries).to.have.length(2);
  });

  it('sends the deadline to the server', async () => {
    const { now, call } = await withServer();
    const timeouts: unknown[] = [];
    now.handle = (stream, headers) => {
      timeouts.push(headers['grpc-timeout']);
      answer(stream);
    };
    await call(5_000);
    await call(10_000_000);
    await call(2 ** 31 - 1);
    const [first, ...others] = timeouts;
    // It waited for the connection.
    expect(Number(`${first}`.replace(/m$/, ''))).to.be.within(1, 5_000);
    expect(others).to.deep.equal(['10000000m', '99999999m']);
  });

  it('gives up a connection that is not ready in time, and makes another', async () => {
    const sockets: unknown[] = [];
    const address = await startStranger(atEnd, (socket) => sockets.push(socket));
    const { call } = open(address, { connectMs: 50 });
    expect(leftOf(await call())).to.deep.equal({
      code: status.UNAVAILABLE,
      details: 'no HTTP/2 settings within 50 ms',
    });
    while (sockets.length < 3) expect(await call()).to.satisfy(E.isLeft);
  });

  it('pauses after a failed connection: calls fail at once, with the reason', async () => {
    const sockets: unknown[] = [];
    const address = await startStranger(atEnd, (socket) => sockets.push(socket.destroy()));
    const { channel, call, calls } = open(address);
    const first = await call();
    let atOnce = true;
    const report = new Promise<boolean>((resolve) =>
      channel.call({ path: '/a/b', message: emptyMessage, deadlineMs: 5_000 }, () => resolve(atOnce)),
    );
    atOnce = false;
    const others = calls(20);
    expect(await report, 'a report before the call returned').to.equal(false);
    expect(first).to.satisfy(E.isLeft);
    expect(await others).to.deep.equal(Array.from({ length: 20 }, () => first));
    expect(sockets).to.have.length(1);
  });

  it('keeps no stream of a server that answers without reading the request', async () => {
    const { now, server, call } = await withServer();
    const large = Buffer.alloc(200_000);
    now.handle = (stream) => answer(stream).pause();
    expect(await call(5_000, large)).to.deep.equal(E.right(message));
    const stream = await server.streams.first('the call');
    if (!stream.closed) await once(stream, 'close');
  });

  it('pings a silent server once until the next answer, and keeps the connection if it responds', async () => {
    const { now, server, calls, call } = await withServer({ pingMs: 2_000 });
    await call();
    now.handle = ignore;
    const session = await server.sessions.first('a session');
    let pings = 0;
    session.on('ping', () => pings++);
    await calls(4, 50);
    await calls(4, 50);
    now.handle = (stream) => answer(stream);
    await call();
    now.handle = ignore;
    await calls(4, 50);
    now.handle = (stream) => answer(stream);
    expect(await call()).to.deep.equal(E.right(message));
    expect(pings).to.equal(2);
    expect(server.sessions.entries).to.have.length(1);
  });

  it('pings again after a while', async () => {
    const { now, server, call } = await withServer({ pingAgainMs: 1 });
    await call();
    now.handle = ignore;
    const pings = new Journal<unknown>();
    (await server.sessions.first('a session')).on('ping', pings.put);
    for (const nth of [1, 2, 3]) {
      await call(50);
      await pings.first('a ping', () => true, { nth });
    }
  });

  it('leaves a silently dead connection', async () => {
    const { server, line, call, callUntilThere } = await withServer({ pingMs: 100 });
    await call();
    line.die();
    expect(await callUntilThere(200)).to.deep.equal(E.right(message));
    expect(server.sessions.entries).to.have.length(2);
  });

  it('leaves a connection that receives garbage', async () => {
    const { server, call, callUntilThere } = await withServer({ pingMs: 100 });
    await call();
    for (const socket of server.sockets.entries) socket.write(Buffer.alloc(64, 0xff));
    expect(await callUntilThere(200)).to.deep.equal(E.right(message));
    expect(server.sessions.entries).to.have.length(2);
  });

  it('replaces a connection before its stream ids are exhausted', async () => {
    const { server, call, calls } = await withServer({ callsPerConnection: 10 });
    for (let at = 0; at < 25; at++) expect(await call()).to.deep.equal(E.right(message));
    await calls(25);
    expect(server.sessions.entries).to.have.length(5);
    const left = server.sockets.entries.slice(0, -1).filter(({ destroyed }) => !destroyed);
    await Promise.all(left.map((socket) => once(socket, 'close')));
  });

  it('finishes the calls in flight when it is closed, makes no others, and leaves no socket', async () => {
    const { now, server, channel, call } = await withServer();
    now.handle = ignore;
    const end = call();
    const stream = await server.streams.first('the call');
    channel.close();
    expect(leftOf(await call())).to.deep.equal({ code: status.UNAVAILABLE, details: 'the client is closed' });
    const [socket] = server.sockets.entries;
    if (socket === undefined) throw new Error('nobody connected');
    const closed = once(socket, 'close');
    answer(stream);
    expect(await end).to.deep.equal(E.right(message));
    await closed;
  });

  it('fails the calls that wait for a connection when it is closed', async () => {
    const { channel, call } = open(await startStranger(atEnd, ignore));
    const end = call();
    channel.close();
    expect(leftOf(await end)).to.have.property('code', status.UNAVAILABLE);
  });

  it('leaves a server that reads nothing', async () => {
    const { server, line, call, callUntilThere } = await withServer({ pingMs: 200 });
    await call();
    line.die();
    const large = Buffer.alloc(60_000);
    large.writeUInt32BE(large.length - 5, 1);
    const ends = await Promise.all(Array.from({ length: 200 }, () => call(300, large)));
    expect(ends.every(E.isLeft)).to.equal(true);
    expect(await callUntilThere(300)).to.deep.equal(E.right(message));
    expect(server.sessions.entries).to.have.length(2);
  });
});
