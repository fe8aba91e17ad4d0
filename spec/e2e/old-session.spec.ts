import { expect } from 'chai';
import { connectAsync } from 'mqtt';
import { endingAfterTest } from '../rig/at-end.js';
import { serverToken, unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { nextPing, passed } from '../rig/passed.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { tapWire } from '../rig/wire-tap.js';

describe('a session that another program had, with QoS 2', () => {
  const atEnd = endingAfterTest();

  for (const [version, mqtt_version] of [
    [4, '3.1.1'],
    [5, '5'],
  ] as const)
    itWithMosquitto(
      `delivers each of its messages once, with the handshake of QoS 2, with MQTT ${mqtt_version}`,
      async () => {
        const broker = await startMosquitto(atEnd);
        const old = await connectAsync(broker.url, {
          clientId: `cvmqtt-${username}`,
          username,
          password: unitToken,
          protocolVersion: version,
          clean: false,
          ...(version === 5 ? { properties: { sessionExpiryInterval: 3_600 } } : {}),
        });
        await old.subscribeAsync(`s2u/${username}/#`, { qos: 2 });
        await old.endAsync();
        const server = await connectAsync(broker.url, { username: 'server', password: serverToken });
        atEnd(() => server.endAsync(true));
        const send = (body: string) =>
          server.publishAsync(`s2u/${username}/command`, JSON.stringify({ function: 'int1-open', body }), {
            qos: 2,
          });
        for (const body of ['1', '2', '3']) await send(body);

        const tap = await tapWire(atEnd, broker.port);
        const rig = await startRig(atEnd, {
          brokerUrl: tap.url,
          integrations: ['int1'],
          settings: { mqtt_version, keepalive_s: 4 },
        });
        const daemon = await rig.connected();
        await rig.received.filled('the old messages', 3);
        await tap.packets.first('the last PUBCOMP', ({ packet }) => packet.cmd === 'pubcomp', { nth: 3 });
        // The broker resends its messages after a restart, and new ones come with the QoS granted now.
        expect(await daemon.stop()).to.include({ code: 0 });
        const again = await rig.connected();
        await send('4');
        await rig.received.filled('the new message', 4);
        await nextPing(tap);
        expect(rig.received.entries.map((each) => valueIn(each, 'body'))).to.deep.equal(['1', '2', '3', '4']);
        const handshake = (['pubrec', 'pubrel', 'pubcomp'] as const).map((cmd) =>
          passed(tap, cmd).map(({ messageId }) => messageId),
        );
        const ids = passed(tap, 'publish')
          .filter(({ qos }) => qos === 2)
          .map(({ messageId }) => messageId);
        expect(ids).to.have.length(3);
        expect(handshake).to.deep.equal([ids, ids, ids]);
        expect(await again.stop()).to.include({ code: 0 });
      },
    );
});
