import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest } from '../rig/at-end.js';
import { holdCalls } from '../rig/held-calls.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { nextPing, packetIds, passed, sentByDaemon } from '../rig/passed.js';
import { itWithMosquitto } from '../rig/programs.js';
import { type RigOptions, startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { tapWire } from '../rig/wire-tap.js';

const names = Array.from({ length: 10 }, (_, at) => `int${at}`);

describe('on the wire: PUBACK', () => {
  const atEnd = endingAfterTest();

  async function start(options: Partial<RigOptions> = {}) {
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const rig = await startRig(atEnd, { brokerUrl: tap.url, integrations: names, ...options });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    return { tap, rig, daemon, server };
  }

  for (const version of ['3.1.1', '5']) {
    itWithMosquitto(`waits for cvmain, and for earlier messages, with MQTT ${version}`, async () => {
      const calls = holdCalls();
      const { tap, rig, daemon, server } = await start({
        intercept: calls.intercept,
        // No message goes to the spool in the meantime: that would be acknowledged.
        settings: { mqtt_version: version, keepalive_s: 4, patience_ms: 600_000 },
      });
      for (const name of names) await server.send(username, { function: `${name}-open`, body: name });
      await calls.arrived.filled('calls', names.length);
      await nextPing(tap);
      expect(packetIds(tap, 'puback'), 'acknowledged before cvmain accepted it').to.deep.equal([]);

      const [first = '', ...others] = names;
      for (const [at, name] of others.reverse().entries()) {
        calls.release(name);
        await rig.accepted.filled('accepted notifications', at + 1);
      }
      await nextPing(tap);
      expect(packetIds(tap, 'puback'), 'acknowledged before the first').to.deep.equal([]);

      calls.release(first);
      await tap.packets.first('PUBACK', ({ packet }) => packet.cmd === 'puback', { nth: names.length });
      expect(packetIds(tap, 'puback')).to.deep.equal(packetIds(tap, 'publish'));
      expect(await daemon.stop()).to.include({ code: 0 });
    });
  }

  itWithMosquitto('comes once for each publish of QoS 1, and nothing else is sent', async () => {
    const { tap, rig, daemon, server } = await start();
    for (const qos of [0, 1, 2] as const)
      for (const name of names) await server.send(username, { function: `${name}-open` }, { qos });
    await rig.received.filled('notifications', 3 * names.length);
    expect(await daemon.stop()).to.include({ code: 0 });
    const acknowledged = passed(tap, 'publish').filter(({ qos }) => qos > 0);
    expect(acknowledged).to.have.length(2 * names.length);
    expect(packetIds(tap, 'puback')).to.deep.equal(acknowledged.map(({ messageId }) => messageId));
    expect(sentByDaemon(tap)).to.deep.equal({
      connect: 1,
      subscribe: 1,
      puback: 2 * names.length,
      disconnect: 1,
    });
  });

  itWithMosquitto('of a dead letter comes when the letter is on the disk', async () => {
    const { tap, rig, daemon, server } = await start();
    const file = join(layout(rig.home).state, 'dead-letters.ndjson');
    const lettersAtPuback = tap.packets.derive(({ packet }) =>
      packet.cmd === 'puback' ? readFileSync(file, 'utf8').split('\n').length - 1 : undefined,
    );
    const bodies = Array.from({ length: 20 }, (_, at) => `${at}`);
    for (const [at, body] of bodies.entries()) {
      await server.send(username, { function: 'nodash', body });
      await lettersAtPuback.filled('PUBACK', at + 1);
    }
    expect(lettersAtPuback.entries).to.deep.equal(bodies.map((_, at) => at + 1));
    expect(await daemon.stop()).to.include({ code: 0 });
    const letters: unknown[] = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const [at, letter] of letters.entries())
      expect(letter).to.deep.include({
        reason: 'malformed-name',
        payload: JSON.stringify({ function: 'nodash', body: bodies[at] }),
      });
    expect(letters).to.have.length(bodies.length);
  });
});
