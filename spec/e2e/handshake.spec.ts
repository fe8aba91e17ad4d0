import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { passed } from '../rig/passed.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { tapWire } from '../rig/wire-tap.js';

describe('on the wire: CONNECT and SUBSCRIBE', () => {
  const atEnd = endingAfterTest();

  async function connectedWith(settings: object) {
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const rig = await startRig(atEnd, { brokerUrl: tap.url, settings });
    const daemon = await rig.connected();
    return { tap, daemon, rig };
  }

  itWithMosquitto('MQTT 5: a persistent session, a window, QoS 1, retain handling 1', async () => {
    const settings = { mqtt_version: '5', session_expiry_s: 3_600, window_messages: 77, keepalive_s: 33 };
    const { tap } = await connectedWith(settings);
    const [connect, ...others] = passed(tap, 'connect');
    expect(others).to.deep.equal([]);
    expect(connect).to.deep.include({
      protocolVersion: 5,
      clientId: `cvmqtt-${username}`,
      clean: false,
      keepalive: 33,
      username,
      password: Buffer.from(unitToken),
    });
    expect(connect?.properties).to.include({ sessionExpiryInterval: 3_600, receiveMaximum: 77 });
    expect(connect?.properties).not.to.have.property('topicAliasMaximum');
    expect(connect?.will).to.equal(undefined);
    expect(passed(tap, 'subscribe').map(({ subscriptions }) => subscriptions)).to.deep.equal([
      [{ topic: `s2u/${username}/#`, qos: 1, nl: false, rap: false, rh: 1 }],
    ]);
  });

  itWithMosquitto('MQTT 3.1.1: a persistent session, QoS 1', async () => {
    const { tap } = await connectedWith({ mqtt_version: '3.1.1' });
    const [connect, ...others] = passed(tap, 'connect');
    expect(others).to.deep.equal([]);
    expect(connect).to.deep.include({
      protocolVersion: 4,
      clientId: `cvmqtt-${username}`,
      clean: false,
      username,
      password: Buffer.from(unitToken),
    });
    expect(connect?.will).to.equal(undefined);
    expect(passed(tap, 'subscribe').map(({ subscriptions }) => subscriptions)).to.deep.equal([
      [{ topic: `s2u/${username}/#`, qos: 1 }],
    ]);
  });

  itWithMosquitto(
    'a new connection of the same session subscribes again, as the session may have no subscription',
    async () => {
      const { tap, daemon } = await connectedWith({ mqtt_version: '3.1.1' });
      tap.cut();
      expect(await daemon.logged('connected', 2)).to.include({ session_present: true });
      await daemon.logged('subscribed', 2);
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(passed(tap, 'connect')).to.have.length(2);
      expect(passed(tap, 'subscribe')).to.have.length(2);
    },
  );
});
