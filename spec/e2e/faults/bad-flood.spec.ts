import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import { deadLetters } from '../../rig/dead-letters.js';
import { username } from '../../rig/login.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { packetIds } from '../../rig/passed.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startRig } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';
import { type Passed, tapWire } from '../../rig/wire-tap.js';
import { within } from '../../rig/within.js';

describe('a flood of bad messages', () => {
  const atEnd = endingAfterTest();

  async function start(version: '3.1.1' | '5') {
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const settings = { mqtt_version: version };
    const rig = await startRig(atEnd, { brokerUrl: tap.url, integrations: ['int1'], settings });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    /** Sends pairs of a bad and a good message until some wait for a flush; returns the number of pairs. */
    const useUp = async (): Promise<number> => {
      for (let n = 1; ; n += 1) {
        await server.send(username, { function: 'nodash', body: `${n}` });
        await server.send(username, { function: 'int1-open', body: `${n}` });
        await rig.received.filled('the good ones', n);
        if ((await deadLetters(rig.home)).length <= n - 3) return n;
      }
    };
    return { tap, rig, daemon, server, useUp };
  }

  itWithMosquitto('becomes dead letters, and one log entry a minute', async () => {
    const { tap, rig, daemon, useUp } = await start('5');
    const sent = await useUp();
    // Waiting letters do not hold up the stop.
    expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
    expect(await deadLetters(rig.home)).to.have.length(sent);
    expect(packetIds(tap, 'puback')).to.deep.equal(packetIds(tap, 'publish'));
    const lines = daemon.log.entries.filter(({ event }) => event === 'settled');
    expect(lines.map(({ level, repeated }) => ({ level, repeated }))).to.deep.equal([
      { level: 'warn', repeated: undefined },
      { level: 'warn', repeated: sent - 1 },
    ]);
    expect(lines[1]?.message).to.contain(`${sent - 1} more like this in the last minute, the latest: `);
  });

  for (const version of ['3.1.1', '5'] as const) {
    itWithMosquitto(`holds up no other message, with MQTT ${version}`, async () => {
      const { tap, rig, daemon, server, useUp } = await start(version);
      const sent = await useUp();
      const good = 200;
      for (let n = 0; n < good; n += 1) await server.send(username, { function: 'int1-open', body: `${n}` });
      // Well before the flush that the bad ones wait for.
      await within(8_000, () => 'the good ones', rig.received.filled('the good ones', sent + good));
      const isAck = ({ packet }: Passed): boolean => packet.cmd === 'puback';
      await tap.packets.first('the last PUBACK', isAck, { nth: 2 * sent + good });
      expect(await deadLetters(rig.home)).to.have.length(sent);
      expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
    });
  }
});
