import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { startBroker } from '../../sim/broker.js';
import { connectServer } from '../../sim/server.js';
import { serverClaims, signToken } from '../../sim/token.js';
import { cleanup } from '../support/cleanup.js';
import { rejectionOf } from '../support/either.js';
import { later, secret, unit } from './support/unit.js';

describe('server', () => {
  const atEnd = cleanup();

  async function start() {
    const broker = await startBroker({ secret });
    atEnd(broker.close);
    const server = await connectServer({ url: broker.url, secret });
    atEnd(server.close);
    const listener = async (filter: string) => {
      const listening = unit(broker, 'cv1');
      atEnd(() => listening.client.endAsync(true));
      await listening.subscribe(filter);
      return listening;
    };
    return { broker, server, listener };
  }

  it('sends a command as a JSON envelope to the topic of the unit', async () => {
    const { server, listener } = await start();
    const { messages } = await listener('s2u/cv1/#');
    await server.send('cv1', { function: 'int1-open', body: 'box 7', timeout: 3000 });
    await server.send('cv1', { function: 'int1-close' }, { topicLevel: 'other' });
    expect(
      (await messages.filled(2)).map(({ topic, payload }) => [topic, JSON.parse(payload)]),
    ).to.deep.equal([
      ['s2u/cv1/command', { function: 'int1-open', body: 'box 7', timeout: 3000 }],
      ['s2u/cv1/other', { function: 'int1-close' }],
    ]);
  });

  it('publishes any bytes', async () => {
    const { server, listener } = await start();
    const { client } = await listener('s2u/cv1/#');
    const payload = new Promise((resolve) => client.once('message', (_, bytes) => resolve(bytes)));
    await server.publish('s2u/cv1/raw', Uint8Array.of(0, 255, 128));
    expect(await payload).to.deep.equal(Buffer.from([0, 255, 128]));
  });

  it('publishes with the given QoS and retain flag, by default 1 and false', async () => {
    const { server, listener } = await start();
    await server.publish('s2u/cv1/gone', 'gone');
    await server.publish('s2u/cv1/kept', 'kept', { retain: true });
    const { client, messages } = await listener('s2u/cv1/#');
    await messages.filled(1);
    const flags: unknown[] = [];
    client.on('message', (topic, _, { qos, retain }) => flags.push([topic, qos, retain]));
    await server.publish('s2u/cv1/a', 'x', { qos: 0 });
    await server.send('cv1', { function: 'int1-a' });
    await messages.filled(3);
    expect(flags).to.deep.equal([
      ['s2u/cv1/a', 0, false],
      ['s2u/cv1/command', 1, false],
    ]);
    expect(messages.items[0]).to.deep.equal({ topic: 's2u/cv1/kept', payload: 'kept' });
  });

  it('logs in with a token', async () => {
    const { broker } = await start();
    const server = await connectServer({ url: broker.url, token: signToken(secret, serverClaims(later)) });
    atEnd(server.close);
    await server.send('cv1', { function: 'int1-open' });
  });

  it('rejects with the return code if the login is refused', async () => {
    const { broker } = await start();
    const expired = signToken(secret, serverClaims(1));
    expect(await rejectionOf(connectServer({ url: broker.url, token: expired }))).to.have.property('code', 5);
  });

  it('rejects if nothing listens', async () => {
    const { broker } = await start();
    await broker.close();
    expect(await rejectionOf(connectServer({ url: broker.url, secret }))).to.have.property(
      'code',
      'ECONNREFUSED',
    );
  });

  it('rejects a publish if its connection ends, and all later ones', async () => {
    const { broker, server } = await start();
    const lost = Promise.all(
      [1, 2, 3].map((number) => rejectionOf(server.publish('s2u/cv1/a', `${number}`))),
    );
    await broker.suspend();
    for (const error of await lost)
      expect(error).to.have.property('message', 'the connection ended before PUBACK');
    expect(await rejectionOf(server.publish('s2u/cv1/a', 'x'))).to.have.property(
      'message',
      'not connected to the broker',
    );
  });

  it('rejects a publish if the answer is malformed', async () => {
    const nonsense = createServer((socket) => {
      // CONNACK, and after the next packet one of an unknown type.
      socket.once('data', () => {
        socket.write(Uint8Array.of(0x20, 2, 0, 0));
        socket.once('data', () => socket.write(Uint8Array.of(0, 0)));
      });
    });
    nonsense.listen(0, '127.0.0.1');
    await once(nonsense, 'listening');
    atEnd(() => nonsense.close());
    const address = nonsense.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const server = await connectServer({ url: `mqtt://127.0.0.1:${port}`, secret });
    atEnd(server.close);
    expect(await rejectionOf(server.publish('s2u/cv1/a', 'x'))).to.be.instanceOf(Error);
  });

  it('rejects a topic with wildcards, and stays connected', async () => {
    const { server } = await start();
    expect(await rejectionOf(server.send('+', { function: 'int1-open' }))).to.be.instanceOf(Error);
    await server.send('cv1', { function: 'int1-open' });
  });

  it('rejects a publish after close', async () => {
    const { server } = await start();
    await server.close();
    expect(await rejectionOf(server.send('cv1', { function: 'a-b' }))).to.be.instanceOf(Error);
  });
});
