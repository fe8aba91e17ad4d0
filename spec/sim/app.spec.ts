import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { type Notification, startApp } from '../../sim/app.js';
import { cleanup } from '../support/cleanup.js';
import { leftOf, rejectionOf, rightOf } from '../support/either.js';
import { setUp } from './support/cvmain.js';
import { inbox } from './support/inbox.js';

describe('app', () => {
  const atEnd = cleanup();

  async function start() {
    const [received, rejected] = [inbox<Notification>(), inbox<string>()];
    const app = await startApp({ onNotification: received.put, onRejected: rejected.put });
    atEnd(app.close);
    return { app, received, rejected };
  }

  it('shows each notification', async () => {
    const { app, received } = await start();
    expect(app.address).to.equal(`127.0.0.1:${app.port}`);
    expect(app.integration).to.deep.equal({ host: '127.0.0.1', port: app.port });
    const socket = createSocket('udp4');
    atEnd(() => socket.close());
    socket.send('{"type":"key","vals":[{"k":"code","v":"1234"}],"more":1}', app.port, '127.0.0.1');
    const [notification] = await received.filled(1);
    expect(notification).to.deep.include({ type: 'key', vals: [{ k: 'code', v: '1234' }] });
  });

  it('rejects invalid notifications, and continues', async () => {
    const { app, received, rejected } = await start();
    const socket = createSocket('udp4');
    atEnd(() => socket.close());
    for (const packet of [
      '',
      'secret',
      '[]',
      '{"type":1,"vals":[]}',
      '{"type":"a","vals":[{"k":"x","v":5}]}',
    ])
      socket.send(packet, app.port, '127.0.0.1');
    socket.send('{"type":"key","vals":[]}', app.port, '127.0.0.1');
    expect(await rejected.filled(5)).to.deep.equal([
      'is not JSON',
      'is not JSON',
      'expected Notification, found an array',
      'field type: expected string, found a number',
      'field vals.0.v: expected string, found a number',
    ]);
    expect(await received.filled(1)).to.deep.equal([{ type: 'key', vals: [] }]);
  });

  it('registers with cvmain, and unregisters', async () => {
    const { app } = await start();
    const { cvmain } = await setUp(atEnd);
    rightOf(await app.registerWith(cvmain.address, 'int1'));
    rightOf(await app.unregisterFrom(cvmain.address, 'int1'));
    expect(leftOf(await app.unregisterFrom(cvmain.address, 'int1'))).to.include({ reason: 'refused' });
  });

  it('reports that cvmain is not there', async () => {
    const { app } = await start();
    const { cvmain } = await setUp(atEnd);
    await cvmain.close();
    expect(leftOf(await app.registerWith(cvmain.address, 'int1'))).to.include({
      reason: 'call-failed',
      status: 'UNAVAILABLE',
    });
  });

  it('reports that another program is there', async () => {
    const { app } = await start();
    const other = createServer((socket) => socket.end('220 mail.example.org ESMTP\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    atEnd(() => other.close());
    const address = other.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    expect(leftOf(await app.registerWith(`127.0.0.1:${port}`, 'int1'))).to.include({ reason: 'call-failed' });
  });

  it("rejects with the system's error if the port is in use", async () => {
    const { app } = await start();
    const second = startApp({ port: app.port, onNotification: () => undefined });
    expect(await rejectionOf(second)).to.have.property('code', 'EADDRINUSE');
  });
});
