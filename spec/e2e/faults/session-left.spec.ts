import { expect } from 'chai';
import { connectAsync } from 'mqtt';
import { signToken, unitClaims } from '../../../sim/token.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { deadLetters } from '../../rig/dead-letters.js';
import { secret, username } from '../../rig/login.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { passed } from '../../rig/passed.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startRig, valueIn } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';
import { tapWire } from '../../rig/wire-tap.js';

/** A token for one topic only. */
const narrowToken = signToken(secret, {
  ...unitClaims(username, 4_000_000_000),
  acl: { sub: [`s2u/${username}/command`], pub: [] },
});

describe('a session that another program left', () => {
  const atEnd = endingAfterTest();

  for (const mqtt_version of ['3.1.1', '5'])
    itWithMosquitto(
      `has messages of QoS 2, and with topics of others: each is settled once, MQTT ${mqtt_version}`,
      async () => {
        const broker = await startMosquitto(atEnd);
        await broker.renewUnitToken(narrowToken);
        const other = await connectAsync(broker.url, {
          username,
          password: narrowToken,
          clientId: `cvmqtt-${username}`,
          clean: false,
          ...(mqtt_version === '5'
            ? { protocolVersion: 5, properties: { sessionExpiryInterval: 3_600 } }
            : { protocolVersion: 4 }),
        });
        const own = `s2u/${username}`;
        await other.subscribeAsync([`${own}/command`, `${own}/elsewhere`], { qos: 2 });
        await other.endAsync();
        const server = await startServer(atEnd, broker.url);
        const send = (topicLevel: string, body: string) =>
          server.send(username, { function: 'int1-open', body }, { qos: 2, topicLevel });
        await send('command', 'old');
        await send('elsewhere', 'not its own');

        const tap = await tapWire(atEnd, broker.port);
        const rig = await startRig(atEnd, {
          brokerUrl: tap.url,
          integrations: ['int1'],
          token: () => narrowToken,
          settings: { mqtt_version },
        });
        const daemon = await rig.connected();
        await rig.accepted.filled('the old message', 1);
        await send('elsewhere', 'not its own either');
        await send('command', 'new');
        await rig.accepted.filled('the new message', 2);
        await tap.packets.first('PUBCOMP', ({ packet }) => packet.cmd === 'pubcomp', { nth: 3 });
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(rig.accepted.entries.map((each) => valueIn(each, 'body'))).to.deep.equal(['old', 'new']);
        expect((await deadLetters(rig.home)).map(({ reason, topic }) => [reason, topic])).to.deep.equal([
          ['unsubscribed', `s2u/${username}/elsewhere`],
          ['unsubscribed', `s2u/${username}/elsewhere`],
        ]);
        expect(passed(tap, 'pubrec')).to.have.length(3);
        expect(daemon.count('connected')).to.equal(1);
      },
    );
});
