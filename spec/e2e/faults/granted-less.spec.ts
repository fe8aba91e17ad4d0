import { expect } from 'chai';
import { signToken, unitClaims } from '../../../sim/token.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { secret, username } from '../../rig/login.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { passed } from '../../rig/passed.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startRig, valueIn } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';
import { tapWire } from '../../rig/wire-tap.js';
import { tcpPeer } from '../../support/mqtt-peer.js';

/** A token for these topic filters. */
const tokenFor = (...sub: readonly string[]): string =>
  signToken(secret, { ...unitClaims(username, 4_000_000_000), acl: { sub: [...sub], pub: [] } });

const own = `s2u/${username}`;

describe('subscriptions', () => {
  const atEnd = endingAfterTest();

  async function start(token: string, mqtt_version: string, more: readonly string[] = []) {
    const broker = await startMosquitto(atEnd, { more });
    await broker.renewUnitToken(token);
    const tap = await tapWire(atEnd, broker.port);
    const rig = await startRig(atEnd, {
      brokerUrl: tap.url,
      integrations: ['int1'],
      token: () => token,
      settings: { mqtt_version },
    });
    const server = await startServer(atEnd, broker.url);
    const send = (body: string) => server.send(username, { function: 'int1-open', body });
    const bodies = () => rig.accepted.entries.map((each) => valueIn(each, 'body'));
    return { broker, tap, rig, send, bodies };
  }

  for (const version of ['3.1.1', '5']) {
    itWithMosquitto(`that overlap deliver one copy, as one covers the others, MQTT ${version}`, async () => {
      const token = tokenFor(`${own}/command`, `${own}/#`, `${own}/+`);
      const { tap, rig, send, bodies } = await start(token, version, ['allow_duplicate_messages true']);
      const daemon = await rig.connected();
      for (const body of ['one', 'two']) await send(body);
      await rig.accepted.first('the second', (each) => valueIn(each, 'body') === 'two');
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(bodies()).to.deep.equal(['one', 'two']);
      expect(Object.keys(passed(tap, 'subscribe')[0]?.subscriptions ?? {})).to.have.length(1);
    });

    itWithMosquitto(`of an earlier run and login end with the next login, MQTT ${version}`, async () => {
      const wide = tokenFor(`${own}/#`);
      const narrow = tokenFor(`${own}/command`);
      const { broker, tap, rig, send } = await start(wide, version);
      const first = await rig.connected();
      expect(await first.stop()).to.include({ code: 0 });
      await broker.renewUnitToken(narrow);
      await rig.cvmain.setToken(narrow);
      const next = await rig.connected();
      await tap.packets.first('UNSUBACK', ({ packet }) => packet.cmd === 'unsuback');
      expect(passed(tap, 'unsubscribe').map(({ unsubscriptions }) => unsubscriptions)).to.deep.equal([
        [`${own}/#`],
      ]);
      await send('still served');
      await rig.accepted.filled('the message', 1);
      expect(await next.stop()).to.include({ code: 0 });
    });
  }

  /** A daemon, and a broker whose CONNACK and SUBACK are the test's. */
  async function scripted(token: string) {
    const peer = await tcpPeer(5);
    atEnd(peer.close);
    const url = `mqtt://127.0.0.1:${peer.address.port}`;
    const rig = await startRig(atEnd, { brokerUrl: url, integrations: ['int1'], token: () => token });
    /** The nth connection, accepted with these properties; the test answers its SUBSCRIBE. */
    const subscribing = async (nth: number, properties: { sessionExpiryInterval?: number } = {}) => {
      const connection = (await peer.connections.filled(nth))[nth - 1];
      if (connection === undefined) throw new Error('no connection');
      await connection.packets.filled(1);
      connection.send({ cmd: 'connack', sessionPresent: false, reasonCode: 0, properties });
      const messageId = (await connection.packets.filled(2))[1]?.messageId ?? 0;
      const answer = (granted: number[]) => connection.send({ cmd: 'suback', messageId, granted });
      const publish = async (): Promise<string | undefined> => {
        const payload = JSON.stringify({ function: 'int1-open', body: 'served' });
        const topic = `${own}/command`;
        connection.send({ cmd: 'publish', topic, payload, qos: 1, messageId: 1, dup: false, retain: false });
        return (await connection.packets.filled(3))[2]?.cmd;
      };
      return { answer, publish };
    };
    return { connecting: rig.connected(), subscribing };
  }

  it('that are granted QoS 0 are named, and work', async () => {
    const { connecting, subscribing } = await scripted(tokenFor(`${own}/#`));
    const { answer, publish } = await subscribing(1);
    answer([0]);
    const daemon = await connecting;
    expect(await daemon.logged('granted-qos-0')).to.deep.include({ level: 'warn', filters: [`${own}/#`] });
    expect(await publish()).to.equal('puback');
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('of which the broker grants one, for a shorter time, are named, and that one works', async () => {
    const { connecting, subscribing } = await scripted(tokenFor(`${own}/#`, 'elsewhere/#'));
    const { answer, publish } = await subscribing(1, { sessionExpiryInterval: 60 });
    answer([1, 0x87]);
    const daemon = await connecting;
    expect(await daemon.logged('subscription-refused')).to.deep.include({ filters: ['elsewhere/#'] });
    expect(await daemon.logged('session-expiry')).to.include({ granted_s: 60, asked_s: 604_800 });
    expect(await publish()).to.equal('puback');
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(daemon.count('disconnected')).to.equal(0);
  });

  it('that are not answered for 10 s are retried on the next connection, which is reported', async () => {
    const { connecting, subscribing } = await scripted(tokenFor(`${own}/#`));
    await subscribing(1);
    (await subscribing(2)).answer([1]);
    const daemon = await connecting;
    expect(daemon.count('subscription-unanswered')).to.equal(1);
    expect(await daemon.stop()).to.include({ code: 0 });
  });
});
