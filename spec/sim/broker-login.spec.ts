import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { expect } from 'chai';
import type { IClientOptions } from 'mqtt';
import { startBroker } from '../../sim/broker.js';
import { serverClaims, signToken, unitClaims } from '../../sim/token.js';
import { cleanup } from '../support/cleanup.js';
import { rejectionOf } from '../support/either.js';
import { later, secret, unit } from './support/unit.js';

const nowS = 1_000_000;

describe('broker: login', () => {
  const atEnd = cleanup();

  async function start(now: () => number = () => nowS * 1000) {
    const broker = await startBroker({ secret, now });
    atEnd(broker.close);
    return broker;
  }

  it('takes a token as the password', async () => {
    const broker = await start();
    const { client, connected } = unit(broker, 'cv1');
    atEnd(() => client.endAsync(true));
    expect(await connected).to.equal(false);
  });

  it('accepts any username with a token that names none', async () => {
    const broker = await start();
    const { client, connected } = unit(broker, 'whoever', { claims: serverClaims(later) });
    atEnd(() => client.endAsync(true));
    expect(await connected).to.equal(false);
  });

  const refusals: Record<string, { code: number; options: IClientOptions }> = {
    'an expired token': { code: 5, options: { password: signToken(secret, unitClaims('cv1', nowS)) } },
    'a token with another secret': {
      code: 4,
      options: { password: signToken('x', unitClaims('cv1', later)) },
    },
    'an expired token with another secret': {
      code: 4,
      options: { password: signToken('x', unitClaims('cv1', 1)) },
    },
    'the token of another unit': {
      code: 4,
      options: { password: signToken(secret, unitClaims('cv2', later)) },
    },
    'something else': { code: 4, options: { password: 'password' } },
    'an empty password': { code: 4, options: { password: '' } },
  };
  for (const [what, { code, options }] of Object.entries(refusals))
    it(`refuses ${what} with return code ${code}`, async () => {
      const broker = await start();
      const { connected } = unit(broker, 'cv1', options);
      expect(await rejectionOf(connected)).to.have.property('code', code);
    });

  it('ends connections of HTTP/2 and says so, if asked to, and takes those of MQTT', async () => {
    let called = 0;
    const onHttp2 = (): void => {
      called += 1;
    };
    const broker = await startBroker({ secret, now: () => nowS * 1000, onHttp2 });
    atEnd(broker.close);
    const socket = connectSocket(broker.port, '127.0.0.1');
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await once(socket.resume(), 'close');
    const { client, connected } = unit(broker, 'cv1');
    atEnd(() => client.endAsync(true));
    expect(await connected).to.equal(false);
    expect(called).to.equal(1);
  });

  it('refuses a login without username and password', async () => {
    const broker = await start();
    const nobody = connectSocket(broker.port, '127.0.0.1');
    const connack = once(nobody, 'data');
    // CONNECT, MQTT 3.1.1, clean session, client id "a", no flags for username and password.
    nobody.write(Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x61]));
    expect(await connack).to.deep.equal([Buffer.from([0x20, 2, 0, 4])]);
    await once(nobody, 'close');
  });

  it('lets a connection outlive its token, but refuses a new login', async () => {
    let now = nowS * 1000;
    const broker = await start(() => now);
    const claims = unitClaims('cv1', nowS + 10);
    const first = unit(broker, 'cv1', { claims });
    atEnd(() => first.client.endAsync(true));
    await first.connected;
    now += 10_000;
    expect(await first.subscribe('s2u/cv1/#')).to.deep.equal([1]);
    expect(await rejectionOf(unit(broker, 'cv1', { claims }).connected)).to.have.property('code', 5);
    expect(first.client.connected).to.equal(true);
  });

  it('answers MQTT 5 in the format of 3.1.1: unacceptable protocol version, an error with code 1', async () => {
    const broker = await start();
    const { client, connected, closed } = unit(broker, 'cv1', { protocolVersion: 5 });
    const connack = new Promise((resolve) => client.once('packetreceive', resolve));
    const error = await rejectionOf(connected);
    expect(error).to.have.property('code', 1);
    expect(error).to.have.property('message', 'Connection refused: Unacceptable protocol version');
    expect(await connack).to.include({ cmd: 'connack', reasonCode: 1 });
    await closed;
  });
});
