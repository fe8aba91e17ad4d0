import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { holdCalls } from '../rig/held-calls.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { packetIds } from '../rig/passed.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { type Passed, tapWire } from '../rig/wire-tap.js';

const names = ['int1', 'int2', 'int3'];

const isRepeated = ({ packet }: Passed): boolean => packet.cmd === 'publish' && packet.dup;

describe('a connection that drops while calls are pending', () => {
  const atEnd = endingAfterTest();

  async function start(version: string) {
    const calls = holdCalls();
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const rig = await startRig(atEnd, {
      brokerUrl: tap.url,
      integrations: names,
      intercept: calls.intercept,
      settings: { mqtt_version: version },
    });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    for (const name of names) await server.send(username, { function: `${name}-open`, body: name });
    await calls.arrived.filled('calls', names.length);
    return { calls, tap, rig, daemon };
  }

  for (const version of ['3.1.1', '5']) {
    itWithMosquitto(
      `repeats no notification: the message is resent first, with MQTT ${version}`,
      async () => {
        const { calls, tap, rig, daemon } = await start(version);
        tap.cut();
        expect(await daemon.logged('connected', 2)).to.include({ session_present: true });
        await tap.packets.first('message that comes again', isRepeated, { nth: names.length });
        calls.releaseAll();
        await tap.packets.first('PUBACK', ({ packet }) => packet.cmd === 'puback', { nth: names.length });

        expect(await daemon.stop()).to.include({ code: 0 });
        expect(await daemon.logged('stopped')).to.include({ notified: names.length });
        expect(rig.accepted.entries).to.have.length(names.length);
        const repeated = packetIds(tap, 'publish').slice(names.length);
        expect(packetIds(tap, 'puback')).to.deep.equal(repeated);
      },
    );

    itWithMosquitto(`repeats no notification: the call ends first, with MQTT ${version}`, async () => {
      const { calls, tap, rig, daemon } = await start(version);
      tap.cut();
      await daemon.logged('disconnected');
      calls.releaseAll();
      await rig.accepted.filled('accepted notifications', names.length);
      await tap.packets.first('PUBACK', ({ packet }) => packet.cmd === 'puback', { nth: names.length });

      expect(tap.packets.entries.filter(isRepeated)).to.have.length(names.length);
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(await daemon.logged('stopped')).to.include({ notified: names.length });
      expect(rig.accepted.entries).to.have.length(names.length);
    });
  }
});
