import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { flood } from '../rig/flood.js';
import { username } from '../rig/login.js';
import { measured } from '../rig/measured.js';
import { memoryOf } from '../rig/memory.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startUnit } from '../rig/unit.js';

const queued = 1_000_000;
const ten = Array.from({ length: 10 }, (_, n) => `int${n}`);
const megabyte = 1_048_576;

describe('a backlog of 1,000,000 messages and a slow cvmain', () => {
  const atEnd = endingAfterTest();

  for (const mqtt_version of ['3.1.1', '5'])
    itWithMosquitto(`takes bounded memory, window and connection buffers, ${mqtt_version}`, async () => {
      const broker = await startMosquitto(atEnd);
      const unit = await startUnit(atEnd, {
        brokerUrl: broker.url,
        integrations: ten,
        settings: { mqtt_version, keepalive_s: 8 },
      });
      const { accepted } = unit.cvmain;
      const first = await unit.connected();
      const idle = await memoryOf(first.pid);
      await first.stop();
      await flood(broker.port, `s2u/${username}/command`, queued, (n) =>
        // The load is a duration: cvmain takes 50 ms for each call.
        JSON.stringify({ function: `int${n % 10}-open`, body: `every=late=50 ${n}`.padEnd(200, '.') }),
      );
      const daemon = await unit.connected();
      await accepted.filled('some of them', 2_500, 100_000);
      const loaded = await memoryOf(daemon.pid);
      measured(
        `${mqtt_version}: ${Math.round((loaded.most - idle.now) / megabyte)} MB over ${Math.round(idle.now / megabyte)} MB idle`,
      );
      expect(loaded.most - idle.now, 'bytes over idle').to.be.at.most(40 * megabyte);
      expect(daemon.count('disconnected'), 'connections that failed').to.equal(0);
      for (const { messages } of daemon.log.entries.filter(({ event }) => event === 'window-full')) {
        expect(messages, 'unacknowledged').to.be.at.most(257);
      }
      for (const [at, name] of ten.entries()) {
        const bodies = accepted.entries
          .filter((each) => each.name === `${name}-open`)
          .map(({ body }) => Number.parseInt(body.slice('every=late=50 '.length), 10));
        expect(bodies).to.deep.equal(bodies.map((_, n) => n * 10 + at));
      }
      expect(await daemon.stop()).to.include({ code: 0 });
      // At a stop it spools messages that wait before sent ones: at most a window.
      const stopped = await daemon.logged('stopped');
      expect(stopped).to.have.property('spooled').that.is.at.most(257);
    });
});
