import { expect } from 'chai';
import { Link } from '../../../lib/grpc/link.js';
import { status } from '../../../lib/grpc/status.js';
import { type CallLink, type CallResult, UnaryCall } from '../../../lib/grpc/unary-call.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { leftOf } from '../../support/either.js';
import { startRawServer } from '../../support/raw-server.js';

const options = {
  userAgent: 'a spec',
  connectMs: 5_000,
  pingMs: 5_000,
  pingAgainMs: 60_000,
  callsPerConnection: 100,
};
const cancelCode = 8;
/** A message without fields, and its prefix. */
const emptyMessage = Buffer.alloc(5);

describe('UnaryCall', () => {
  const atEnd = endingAfterTest();

  /** How a call ends that the server cancels while this process is busy for that long. */
  const endOfCancelled = async (busyMs: number, deadlineMs: number): Promise<CallResult> => {
    const server = await startRawServer(atEnd, (stream) => stream.close(cancelCode));
    const link = await new Promise<Link>((resolve, reject) => {
      const made: Link = new Link(server.address, options, {
        ready: () => resolve(made),
        failed: reject,
        gone: () => undefined,
      });
    });
    atEnd(() => link.retire());
    const busy: CallLink = {
      open: (path, timeoutMs) =>
        link.open(path, timeoutMs)?.prependOnceListener('close', () => {
          const until = performance.now() + busyMs;
          while (performance.now() < until);
        }),
      leave: () => link.leave(),
      heard: () => link.heard(),
      checkAlive: () => link.checkAlive(),
      broken: false,
    };
    return new Promise((resolve, reject) => {
      const call = new UnaryCall({ path: '/a/b', message: emptyMessage, deadlineMs }, resolve);
      call.begin(busy, () => reject(new Error('it is not to be sent again')));
    });
  };

  it('is late, not cancelled, if the server ends it at the deadline, which it knows too', async () => {
    expect(leftOf(await endOfCancelled(300, 300))).to.have.property('code', status.DEADLINE_EXCEEDED);
  });

  it('is cancelled if the server cancels it before', async () => {
    expect(leftOf(await endOfCancelled(0, 60_000))).to.have.property('code', status.CANCELLED);
  });
});
