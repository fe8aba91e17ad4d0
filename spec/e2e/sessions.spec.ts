import { expect } from 'chai';
import { connectAsync } from 'mqtt';
import { endingAfterTest } from '../rig/at-end.js';
import { holdCalls } from '../rig/held-calls.js';
import { renewedUnitToken, unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { passed } from '../rig/passed.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { tapWire } from '../rig/wire-tap.js';

describe('the session', () => {
  const atEnd = endingAfterTest();

  for (const mqtt_version of ['3.1.1', '5'])
    itWithMosquitto(`does not run a retained command again at the next start, ${mqtt_version}`, async () => {
      const broker = await startMosquitto(atEnd);
      const settings = { mqtt_version };
      const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
      const server = await startServer(atEnd, broker.url);
      const command = (body: string) => JSON.stringify({ function: 'int1-open', body });
      await server.publish(`s2u/${username}/command`, command('retained'), { retain: true });
      const first = await rig.connected();
      await rig.received.filled('the retained command', 1);
      expect(await first.stop()).to.include({ code: 0 });
      const next = await rig.connected();
      await server.publish(`s2u/${username}/other`, command('after'));
      await rig.received.first('what came after', (each) => valueIn(each, 'body') === 'after');
      const bodies = rig.received.entries.map((each) => valueIn(each, 'body'));
      expect(bodies).to.deep.equal(['retained', 'after']);
      expect(await next.stop()).to.include({ code: 0 });
    });

  for (const mqtt_version of ['3.1.1', '5'])
    for (const live of [false, true])
      itWithMosquitto(
        `is lost: a retained command that ${live ? 'came live' : 'was stored'} does not run again, ${mqtt_version}`,
        async () => {
          const broker = await startMosquitto(atEnd);
          const settings = { mqtt_version };
          const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
          const server = await startServer(atEnd, broker.url);
          const command = (body: string) => JSON.stringify({ function: 'int1-open', body });
          const publish = () =>
            server.publish(`s2u/${username}/command`, command('retained'), { retain: true });
          if (!live) await publish();
          const first = await rig.connected();
          if (live) await publish();
          await rig.received.filled('the retained command', 1);
          expect(await first.stop()).to.include({ code: 0 });
          const clientId = `cvmqtt-${username}`;
          const other = await connectAsync(broker.url, { username, password: unitToken, clientId });
          await other.endAsync();
          const next = await rig.connected();
          expect(await next.logged('connected')).to.include({ session_present: false });
          await server.publish(`s2u/${username}/other`, command('after'));
          await rig.received.first('what came after', (each) => valueIn(each, 'body') === 'after');
          expect(rig.received.entries.map((each) => valueIn(each, 'body'))).to.deep.equal([
            'retained',
            'after',
          ]);
          expect(await next.stop()).to.include({ code: 0 });
        },
      );

  itWithMosquitto('continues with a renewed token, and with pending calls', async () => {
    const calls = holdCalls();
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const { intercept } = calls;
    const rig = await startRig(atEnd, { brokerUrl: tap.url, integrations: ['int1'], intercept });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    for (const body of ['one', 'two', 'three']) await server.send(username, { function: 'int1-open', body });
    await calls.arrived.filled('call', 1);
    await broker.renewUnitToken(renewedUnitToken);
    await rig.cvmain.setToken(renewedUnitToken);
    const isRenewed = ({ password }: { password?: Buffer }) => password?.toString() === renewedUnitToken;
    await tap.packets.first('CONNECT with it', ({ packet }) => packet.cmd === 'connect' && isRenewed(packet));
    await daemon.log.first('session that goes on', (line) => line['session_present'] === true);
    calls.releaseAll();
    const received = await rig.received.filled('notifications', 3);
    expect(received.map((each) => valueIn(each, 'body'))).to.deep.equal(['one', 'two', 'three']);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(await daemon.logged('stopped')).to.include({ notified: 3 });
    expect(new Set(passed(tap, 'connect').map(({ clientId }) => clientId)).size).to.equal(1);
  });
});
