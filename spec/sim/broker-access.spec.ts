import { expect } from 'chai';
import { type SimBroker, startBroker } from '../../sim/broker.js';
import { connectServer } from '../../sim/server.js';
import { type Claims, unitClaims } from '../../sim/token.js';
import { cleanup } from '../support/cleanup.js';
import { inbox } from './support/inbox.js';
import { cut, later, secret, type Unit, unit } from './support/unit.js';

describe('broker: access', () => {
  const atEnd = cleanup();
  const disconnected = inbox<string>();

  async function start() {
    const broker = await startBroker({ secret, events: { disconnected: disconnected.put } });
    atEnd(broker.close);
    const server = await connectServer({ url: broker.url, secret });
    atEnd(server.close);
    return { broker, server };
  }

  function join(broker: SimBroker, username: string, options: Parameters<typeof unit>[2] = {}): Unit {
    const joined = unit(broker, username, options);
    atEnd(() => joined.client.endAsync(true));
    return joined;
  }

  const reader = (...sub: string[]): Claims => ({ exp: later, acl: { sub, pub: [] } });

  it('grants what the token covers, and answers 128 to the rest', async () => {
    const { broker } = await start();
    const cv1 = join(broker, 'cv1');
    const filters = ['s2u/cv1/#', 's2u/cv1/a/+', 's2u/cv2/#', 's2u/+/a', '#', 'u2s/cv1/#'];
    expect(await cv1.subscribe(...filters)).to.deep.equal([1, 1, 128, 128, 128, 128]);
  });

  it('matches no name that starts with $ by a wildcard', async () => {
    const { broker, server } = await start();
    const all = join(broker, 'all', { claims: reader('#') });
    expect(await all.subscribe('$SYS/#', '#')).to.deep.equal([128, 1]);
    await server.publish('s2u/cv1/a', 'x');
    // If `$SYS/…/new/subscribes` was forwarded, it would have come first.
    expect(await all.messages.filled(1)).to.deep.equal([{ topic: 's2u/cv1/a', payload: 'x' }]);
  });

  it('gives each unit only its own messages', async () => {
    const { broker, server } = await start();
    const [cv1, cv2] = [join(broker, 'cv1'), join(broker, 'cv2')];
    await Promise.all([cv1.subscribe('s2u/cv1/#'), cv2.subscribe('s2u/cv2/#')]);
    await server.send('cv1', { function: 'int1-open' });
    await server.send('cv2', { function: 'int2-open' });
    expect((await cv1.messages.filled(1)).map(({ topic }) => topic)).to.deep.equal(['s2u/cv1/command']);
    expect((await cv2.messages.filled(1)).map(({ topic }) => topic)).to.deep.equal(['s2u/cv2/command']);
  });

  const qualities: (0 | 1 | 2)[] = [0, 1, 2];
  for (const qos of qualities)
    it(`ends the connection of a client that publishes elsewhere at QoS ${qos}, and forwards nothing`, async () => {
      const { broker, server } = await start();
      const listener = join(broker, 'cv1');
      await listener.subscribe('s2u/cv1/#');
      const intruder = join(broker, 'cv1');
      await intruder.connected;
      intruder.client.publish('s2u/cv1/command', 'forged', { qos }, () => undefined);
      await intruder.closed;
      await server.publish('s2u/cv1/command', 'genuine');
      expect((await listener.messages.filled(1)).map(({ payload }) => payload)).to.deep.equal(['genuine']);
    });

  it('lets a unit publish to its own u2s topics', async () => {
    const { broker } = await start();
    const listener = join(broker, 'server', { claims: reader('u2s/#') });
    await listener.subscribe('u2s/#');
    const cv1 = join(broker, 'cv1');
    await cv1.client.publishAsync('u2s/cv1/result', 'done', { qos: 1 });
    expect(await listener.messages.filled(1)).to.deep.equal([{ topic: 'u2s/cv1/result', payload: 'done' }]);
  });

  it('publishes no will that its client may not publish', async () => {
    const { broker, server } = await start();
    const listener = join(broker, 'cv1');
    await listener.subscribe('s2u/cv1/#');
    const will = { topic: 's2u/cv1/command', payload: Buffer.from('forged') };
    const dying = join(broker, 'cv1', { clientId: 'dying', will });
    await dying.connected;
    const gone = disconnected.filled(disconnected.items.length + 1);
    await cut(dying);
    expect((await gone).at(-1)).to.equal('dying');
    await server.publish('s2u/cv1/command', 'genuine');
    expect((await listener.messages.filled(1)).map(({ payload }) => payload)).to.deep.equal(['genuine']);
  });

  it('keeps nothing for a refused filter next to a granted one', async () => {
    const { broker, server } = await start();
    const session = { clientId: 'session', clean: false };
    const before = join(broker, 'cv1', session);
    expect(await before.subscribe('s2u/cv2/#', 's2u/cv1/#')).to.deep.equal([128, 1]);
    await before.client.endAsync();
    await server.publish('s2u/cv2/a', 'not for cv1');
    await server.publish('s2u/cv1/a', 'for cv1');
    const again = join(broker, 'cv1', session);
    expect(await again.messages.filled(1)).to.deep.equal([{ topic: 's2u/cv1/a', payload: 'for cv1' }]);
  });

  it('follows the new token when a session is resumed', async () => {
    const { broker, server } = await start();
    const session = { clientId: 'session', clean: false };
    const before = join(broker, 'cv1', { ...session, claims: reader('s2u/#') });
    await before.subscribe('s2u/cv2/#', 's2u/cv1/#');
    await before.client.endAsync();
    await server.publish('s2u/cv2/a', 'queued');
    const again = join(broker, 'cv1', { ...session, claims: unitClaims('cv1', later) });
    expect(await again.connected).to.equal(true);
    await server.publish('s2u/cv2/a', 'live');
    await server.publish('s2u/cv1/a', 'for cv1');
    expect(await again.messages.filled(1)).to.deep.equal([{ topic: 's2u/cv1/a', payload: 'for cv1' }]);
  });
});
