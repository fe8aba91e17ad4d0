import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { startBroker } from '../../sim/broker.js';
import { connectServer } from '../../sim/server.js';
import { freePort } from '../rig/free-port.js';
import { cleanup } from '../support/cleanup.js';
import { rejectionOf } from '../support/either.js';
import { inbox } from './support/inbox.js';
import { cut, secret, type Unit, unit } from './support/unit.js';

const session = { clientId: 'session', clean: false };
const count = 700;
const numbers = Array.from({ length: count }, (_, number) => `${number}`);

describe('broker: sessions and outages', () => {
  const atEnd = cleanup();

  async function start() {
    const [acknowledged, subscribed] = [inbox<string>(), inbox<readonly string[]>()];
    const presence = inbox<string>();
    const broker = await startBroker({
      secret,
      port: await freePort(),
      events: {
        connected: (clientId) => presence.put(`${clientId} is there`),
        disconnected: (clientId) => presence.put(`${clientId} is gone`),
        acknowledged: (clientId, topic) => acknowledged.put(`${clientId} ${topic}`),
        subscribed: (clientId, filters) => subscribed.put([clientId, ...filters]),
      },
    });
    atEnd(broker.close);
    const server = await connectServer({ url: broker.url, secret });
    atEnd(server.close);
    const join = (options = {}): Unit => {
      const joined = unit(broker, 'cv1', options);
      atEnd(() => joined.client.endAsync(true));
      return joined;
    };
    return { broker, server, join, acknowledged, subscribed, presence };
  }

  it(`queues ${count} messages for a session and delivers them in order`, async () => {
    const { server, join, acknowledged } = await start();
    const before = join(session);
    await before.subscribe('s2u/cv1/#');
    await before.client.endAsync();
    await Promise.all(numbers.map((number) => server.publish('s2u/cv1/a', number)));
    const again = join(session);
    expect(await again.connected).to.equal(true);
    expect((await again.messages.filled(count)).map(({ payload }) => payload)).to.deep.equal(numbers);
    expect(new Set(await acknowledged.filled(count))).to.deep.equal(new Set(['session s2u/cv1/a']));
  });

  it(`delivers ${count} messages in order to a connected client`, async () => {
    const { server, join, subscribed } = await start();
    const there = join({ clientId: 'there' });
    await there.subscribe('s2u/cv1/#');
    expect(await subscribed.filled(1)).to.deep.equal([['there', 's2u/cv1/#']]);
    await Promise.all(numbers.map((number) => server.publish('s2u/cv1/a', number)));
    expect((await there.messages.filled(count)).map(({ payload }) => payload)).to.deep.equal(numbers);
  });

  it('resends what was not acknowledged, and nothing else', async () => {
    const { broker, server, join, acknowledged } = await start();
    const before = join(session);
    await before.subscribe('s2u/cv1/#');
    await server.publish('s2u/cv1/a', 'acknowledged');
    await acknowledged.filled(1);
    const arrived = new Promise((resolve) => before.client.once('packetreceive', resolve));
    // MQTT.js acknowledges when the callback is called.
    before.client.handleMessage = () => undefined;
    await server.publish('s2u/cv1/a', 'not acknowledged');
    await arrived;
    expect(broker.disconnect('session')).to.equal(true);
    await before.closed;
    const again = join(session);
    expect((await again.messages.filled(1)).map(({ payload }) => payload)).to.deep.equal([
      'not acknowledged',
    ]);
  });

  it('knows which clients it can disconnect', async () => {
    const { broker, join, presence } = await start();
    // The server's connection is the first.
    await presence.filled(1);
    expect(broker.disconnect('session')).to.equal(false);
    await join(session).connected;
    await presence.filled(2);
    expect(broker.disconnect('session')).to.equal(true);
    expect((await presence.filled(3)).slice(1)).to.deep.equal(['session is there', 'session is gone']);
    expect(broker.disconnect('session')).to.equal(false);
  });

  it('keeps sessions during an outage', async () => {
    const { broker, server, join } = await start();
    const before = join(session);
    await before.subscribe('s2u/cv1/#');
    await cut(before);
    await server.publish('s2u/cv1/a', 'queued');
    await broker.suspend();
    const socket = connect(broker.port, '127.0.0.1');
    expect(await rejectionOf(once(socket, 'connect'))).to.have.property('code', 'ECONNREFUSED');
    await broker.resume();
    const again = join(session);
    expect(await again.connected).to.equal(true);
    expect((await again.messages.filled(1)).map(({ payload }) => payload)).to.deep.equal(['queued']);
  });

  it('is not held up by a client that reads nothing', async () => {
    const { server, join } = await start();
    const deaf = join(session);
    await deaf.subscribe('s2u/cv1/deaf/#');
    // MQTT.js continues reading when the callback is called.
    deaf.client.handleMessage = () => undefined;
    const hearing = join({ clientId: 'hearing' });
    await hearing.subscribe('s2u/cv1/hearing');
    // More than the system's buffers hold, in more messages than aedes handles concurrently by default.
    const large = 'x'.repeat(200_000);
    for (let sent = 0; sent < 200; sent++) await server.publish('s2u/cv1/deaf', large);
    await server.publish('s2u/cv1/hearing', 'heard');
    expect((await hearing.messages.filled(1)).map(({ payload }) => payload)).to.deep.equal(['heard']);
    expect(deaf.messages.items.length).to.be.below(200);
  });

  it("rejects with the system's error if the port is in use", async () => {
    const { broker } = await start();
    expect(await rejectionOf(startBroker({ secret, port: broker.port }))).to.have.property(
      'code',
      'EADDRINUSE',
    );
  });

  it('ends every connection when it closes, even those without a login', async () => {
    const { broker, join } = await start();
    const there = join();
    await there.connected;
    const silent = connect(broker.port, '127.0.0.1');
    await once(silent, 'connect');
    const cutOff = once(silent, 'close');
    await broker.close();
    await Promise.all([there.closed, cutOff]);
  });
});
