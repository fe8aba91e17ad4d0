import { expect } from 'chai';
import { endingAfterTest } from '../support/at-end.js';
import { deadLetters } from '../support/dead-letters.js';
import { username } from '../support/login.js';
import { startMosquitto } from '../support/mosquitto.js';
import { packetIds } from '../support/passed.js';
import { itWithMosquitto } from '../support/programs.js';
import { startRig } from '../support/rig.js';
import { startServer } from '../support/server.js';
import { tapWire } from '../support/wire-tap.js';
import { within } from '../support/within.js';

/** Of dead letters that each have a flush of the disk for themselves, see `streams/batch-letters.ts`. */
const burst = 10;

describe('a flood of bad messages', () => {
  const atEnd = endingAfterTest();

  async function start(version: '3.1.1' | '5') {
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const settings = { mqtt_version: version };
    const rig = await startRig(atEnd, { brokerUrl: tap.url, integrations: ['int1'], settings });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    const acknowledged = async (count: number) => {
      await tap.packets.first('a PUBACK', ({ packet }) => packet.cmd === 'puback', { nth: count });
    };
    /** One at a time, each once the one before it is acknowledged. */
    const useUp = async () => {
      for (let n = 1; n <= burst; n += 1) {
        await server.send(username, { function: 'nodash', body: `${n}` });
        await acknowledged(n);
      }
    };
    return { tap, rig, daemon, server, acknowledged, useUp };
  }

  itWithMosquitto('is a dead letter each, and one line of the log a minute', async () => {
    const { tap, rig, daemon, server, useUp } = await start('5');
    await useUp();
    for (let n = 1; n <= 20; n += 1) {
      await server.send(username, { function: 'nodash', body: 'more' });
      await server.send(username, { function: 'int1-open' });
      await rig.received.filled('the good ones', n);
    }
    // Those that wait for a flush of the disk do not hold up the end.
    expect(await deadLetters(rig.home)).to.have.length.below(burst + 20);
    expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
    expect(await deadLetters(rig.home)).to.have.length(burst + 20);
    expect(packetIds(tap, 'puback')).to.deep.equal(packetIds(tap, 'publish'));
    const lines = daemon.log.entries.filter(({ event }) => event === 'settled');
    expect(lines.map(({ level, repeated }) => ({ level, repeated }))).to.deep.equal([
      { level: 'warn', repeated: undefined },
      { level: 'warn', repeated: burst + 19 },
    ]);
    expect(lines[1]?.message).to.contain('29 more like it in the last minute, the latest: ');
  });

  for (const version of ['3.1.1', '5'] as const) {
    itWithMosquitto(`holds up no other message, with MQTT ${version}`, async () => {
      const { rig, server, acknowledged, useUp } = await start(version);
      await useUp();
      await server.send(username, { function: 'nodash', body: 'waits' });
      const good = 200;
      for (let n = 0; n < good; n += 1) await server.send(username, { function: 'int1-open', body: `${n}` });
      // Well before the flush that the bad one waits for.
      await within(8_000, () => 'the good ones', rig.received.filled('the good ones', good));
      await acknowledged(burst + 1 + good);
      expect(await deadLetters(rig.home)).to.have.length(burst + 1);
    });
  }
});
