import { once } from 'node:events';
import type { Server } from 'node:net';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { fastCvmain } from '../../bench/daemon/http2-server.js';
import { readSentAt, sentAt } from '../../bench/daemon/message.js';
import { connectCvmain } from '../../lib/cvmain/client.js';

describe("the bench's cvmain", () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  const start = async (called: (request: Buffer) => void): Promise<string> => {
    server = fastCvmain(called).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it has no port');
    return `127.0.0.1:${address.port}`;
  };

  it('answers with a version, and accepts many large notifications in full', async () => {
    const seen: number[] = [];
    const address = await start((request) => seen.push(readSentAt(request)));
    const cvmain = connectCvmain({ library: 'http2', address, callDeadlineMs: 10_000 });
    const version = await new Promise((resolve) => cvmain.getVersion(resolve));
    expect(version).to.deep.equal(E.right('1.0.0-bench'));
    // More than the HTTP/2 window of the connection, so it has to be reopened.
    const count = 600;
    const outcomes = await Promise.all(
      Array.from(
        { length: count },
        (_, n) =>
          new Promise((resolve) => {
            const body = { k: 'body', v: sentAt(n + 0.25).padEnd(9_000, '.') };
            cvmain.sendNotification({ type: 'int1-open', vals: [body] }, { kind: 'notifier' }, resolve);
          }),
      ),
    );
    cvmain.close();
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).to.deep.equal(
      new Set(['{"kind":"accepted"}']),
    );
    expect(seen.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: count }, (_, n) => n + 0.25));
  });
});
