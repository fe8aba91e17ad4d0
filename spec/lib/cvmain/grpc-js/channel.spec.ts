import type { Socket } from 'node:net';
import { setTimeout as passing } from 'node:timers/promises';
import type { ChannelOptions } from '@grpc/grpc-js';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { GrpcJsChannel } from '../../../../lib/cvmain/grpc-js/channel.js';
import type { CallStatus } from '../../../../lib/grpc/index.js';
import { endingAfterTest } from '../../../rig/at-end.js';
import { accepted, answer, startProxy, startRawServer, startStranger } from '../../../support/raw-server.js';

const message = accepted.subarray(5);
const same = (bytes: Buffer): Buffer => bytes;
const method = { path: '/a/b', requestSerialize: same, responseDeserialize: same };

/** What is specific to grpc-js; the contract has what both libraries do. */
describe('GrpcJsChannel', () => {
  const atEnd = endingAfterTest();

  const open = (address: string, options?: ChannelOptions) => {
    const channel = new GrpcJsChannel(address, options);
    atEnd(() => channel.close());
    return (deadlineMs: number): Promise<E.Either<CallStatus, Buffer>> =>
      new Promise((resolve) => channel.call({ method, request: message, deadlineMs }, resolve));
  };

  it('leaves a silently dead connection, and makes another', async () => {
    const server = await startRawServer(atEnd, (stream) => answer(stream));
    const line = await startProxy(atEnd, server.address);
    const call = open(line.address, { 'grpc.keepalive_time_ms': 200, 'grpc.keepalive_timeout_ms': 100 });
    expect(await call(5_000)).to.deep.equal(E.right(message));
    line.die();
    let end = await call(300);
    while (E.isLeft(end)) end = await call(300);
    expect(server.sessions.entries).to.have.length(2);
  });

  it('probes for a server by itself, at most four times a second', async () => {
    const visits: Socket[] = [];
    const call = open(await startStranger(atEnd, (socket) => visits.push(socket.destroy())));
    await call(5_000);
    const before = visits.length;
    await passing(2_000);
    expect(visits.length - before).to.be.within(1, 2 * 4.5);
  });
});
