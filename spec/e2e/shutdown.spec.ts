import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest } from '../rig/at-end.js';
import { holdCalls } from '../rig/held-calls.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { packetIds } from '../rig/passed.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { tapWire } from '../rig/wire-tap.js';
import { libraries } from '../support/grpc-clients.js';

const names = ['int1', 'int2', 'int3'];
const bodies = Array.from({ length: 12 }, (_, at) => `${at}`);

for (const library of libraries)
  describe(`SIGTERM with calls of ${library} in flight`, () => {
    const atEnd = endingAfterTest();

    async function start(settings: object = {}) {
      const calls = holdCalls();
      const broker = await startMosquitto(atEnd);
      const tap = await tapWire(atEnd, broker.port);
      const options = {
        brokerUrl: tap.url,
        integrations: names,
        intercept: calls.intercept,
        // Nothing may be spooled, however slow this machine is.
        settings: { patience_ms: 60_000, ...settings, grpc_client: library },
      };
      const rig = await startRig(atEnd, options);
      const daemon = await rig.connected();
      const server = await startServer(atEnd, broker.url);
      for (const [at, body] of bodies.entries())
        await server.send(username, { function: `${names[at % names.length]}-open`, body });
      await calls.arrived.filled('calls', names.length);
      return { calls, tap, rig, daemon };
    }

    itWithMosquitto('finishes them, and leaves the rest to the next start', async () => {
      const { calls, tap, rig, daemon } = await start();
      const stopped = daemon.stop();
      await daemon.logged('stopping');
      calls.releaseAll();
      expect(await stopped).to.deep.equal({ code: 0, signal: null });
      expect(await daemon.logged('stopped')).to.include({ notified: names.length });
      expect(rig.accepted.entries).to.have.length(names.length);
      const publishes = packetIds(tap, 'publish');
      expect(publishes).to.have.length(bodies.length);
      expect(packetIds(tap, 'puback')).to.deep.equal(publishes.slice(0, names.length));

      const next = await rig.connected();
      const received = await rig.received.filled('notifications', bodies.length);
      expect(received.map((each) => valueIn(each, 'body'))).to.have.members(bodies);
      expect(await next.stop()).to.deep.equal({ code: 0, signal: null });
      expect(await next.logged('stopped')).to.include({ notified: bodies.length - names.length });
    });

    itWithMosquitto('gives up hanging calls at the time limit, and loses nothing', async () => {
      const { calls, tap, rig, daemon } = await start({ shutdown_grace_ms: 200 });
      expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
      expect(packetIds(tap, 'puback')).to.deep.equal([]);
      calls.releaseAll();
      await rig.accepted.filled('the calls that hung', names.length);

      const next = await rig.connected();
      const received = await rig.received.filled('notifications', names.length + bodies.length);
      const again = received.slice(names.length).map((each) => valueIn(each, 'body'));
      expect(again).to.have.members(bodies);
      expect(await next.stop()).to.deep.equal({ code: 0, signal: null });
    });
  });

describe('SIGTERM with a message that waits for its app', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto(
    'repeats no message that came after it, and delivers it after the next start, even without a spool',
    async () => {
      const broker = await startMosquitto(atEnd);
      const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
      const daemon = await rig.connected();
      const server = await startServer(atEnd, broker.url);
      await server.send(username, { function: 'late-hello', body: 'held' });
      for (const body of bodies) await server.send(username, { function: 'int1-open', body });
      await rig.accepted.filled('notifications', bodies.length);
      expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });

      await writeFile(layout(rig.home).settings, JSON.stringify({ spool_max_bytes: 0 }));
      const next = await rig.connected();
      await rig.cvmain.register('late');
      const received = await rig.received.filled('notifications', bodies.length + 1);
      expect(received.map((each) => valueIn(each, 'body'))).to.deep.equal([...bodies, 'held']);
      expect(await next.stop()).to.deep.equal({ code: 0, signal: null });
      expect((await stat(join(layout(rig.home).state, 'spool.ndjson'))).size).to.equal(0);
    },
  );
});
