import { once } from 'node:events';
import { setImmediate as passing } from 'node:timers/promises';
import { expect } from 'chai';
import { Link } from '../../../lib/grpc/link.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { Journal } from '../../rig/journal.js';
import { startProxy, startRawServer } from '../../support/raw-server.js';

const options = {
  userAgent: 'a spec',
  connectMs: 5_000,
  pingMs: 5_000,
  pingAgainMs: 60_000,
  callsPerConnection: 100,
};

describe('Link', () => {
  const atEnd = endingAfterTest();

  it('is replaced on GOAWAY while its call finishes; then leaves no socket', async () => {
    const before = openSockets();
    const server = await startRawServer(atEnd, () => undefined);
    const line = await startProxy(atEnd, server.address);
    const events = new Journal<string>();
    const link = new Link(line.address, options, {
      ready: () => events.put('ready'),
      failed: events.put,
      gone: () => events.put('gone'),
    });
    await events.first('ready');
    const stream = link.open('/a/b', 5_000);
    if (stream === undefined) throw new Error('there is no stream');
    stream.end();
    await server.streams.first('the call');
    (await server.sessions.first('a session')).goaway(0, stream.id);
    await events.first('gone', (event) => event === 'gone');
    expect(stream.closed).to.equal(false);
    expect(link.open('/a/b', 5_000)).to.equal(undefined);
    expect(events.entries).to.deep.equal(['ready', 'gone']);
    const closed = once(stream, 'close');
    stream.close();
    await closed;
    line.die();
    link.leave();
    // The two of the line, and the server's.
    while (openSockets() - before > 3) await passing();
  });
});

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
