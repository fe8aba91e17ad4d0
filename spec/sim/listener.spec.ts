import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { listen } from '../../sim/listener.js';
import { cleanup } from '../support/cleanup.js';
import { rejectionOf } from '../support/either.js';

describe('listener', () => {
  const atEnd = cleanup();

  async function start() {
    const listener = await listen(0);
    atEnd(listener.suspend);
    return listener;
  }

  it('queues connections until they are accepted', async () => {
    const listener = await start();
    const client = connect(listener.port, '127.0.0.1');
    await once(client, 'connect');
    // After a round trip elsewhere, the connection has been accepted here.
    const elsewhere = await start();
    elsewhere.accept((socket) => socket.end('hello'));
    await once(connect(elsewhere.port, '127.0.0.1'), 'data');
    listener.accept((socket) => socket.end('hello'));
    expect(await once(client, 'data')).to.deep.equal([Buffer.from('hello')]);
  });

  it('survives a connection that is reset', async () => {
    const listener = await start();
    const gone = new Promise((resolve) =>
      listener.accept((socket) => {
        socket.resume();
        socket.once('close', resolve);
      }),
    );
    const client = connect(listener.port, '127.0.0.1');
    await once(client, 'connect');
    client.resetAndDestroy();
    expect(await gone).to.equal(true);
  });

  it('can be suspended and resumed repeatedly, even twice in a row', async () => {
    const listener = await start();
    listener.accept((socket) => socket.end('hello'));
    for (let times = 0; times < 3; times++) {
      await Promise.all([listener.suspend(), listener.suspend()]);
      await listener.suspend();
      const refused = once(connect(listener.port, '127.0.0.1'), 'connect');
      expect(await rejectionOf(refused)).to.have.property('code', 'ECONNREFUSED');
      await listener.resume();
      await listener.resume();
      const [data] = await once(connect(listener.port, '127.0.0.1'), 'data');
      expect(`${data}`).to.equal('hello');
    }
  });

  it('can’t resume if another program has taken the port', async () => {
    const listener = await start();
    await listener.suspend();
    const other = await listen(listener.port);
    atEnd(other.suspend);
    expect(await rejectionOf(listener.resume())).to.have.property('code', 'EADDRINUSE');
  });
});
