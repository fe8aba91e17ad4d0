import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import { startConflictingClient } from '../../rig/conflicting-client.js';
import { username } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { passed } from '../../rig/passed.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startRig } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';
import { tapWire } from '../../rig/wire-tap.js';

/** mosquitto 2.0.11 gives no reason in either version: repeated losses are the only sign. */
const versions = [
  { mqtt_version: '5', protocolVersion: 5 },
  { mqtt_version: '3.1.1', protocolVersion: 4 },
] as const;

const losses = 3;

describe('a second client with the same client id', () => {
  const atEnd = endingAfterTest();

  for (const { mqtt_version, protocolVersion } of versions)
    itWithMosquitto(`is reported, and not fought, with MQTT ${mqtt_version}`, async () => {
      const broker = await startMosquitto(atEnd);
      const tap = await tapWire(atEnd, broker.port);
      const settings = { mqtt_version };
      const rig = await startRig(atEnd, { brokerUrl: tap.url, integrations: ['int1'], settings });
      const daemon = await rig.connected();
      const oneAttemptForEachWait = (): void => {
        const attempts = passed(tap, 'connect').length;
        expect(attempts, 'attempts').to.be.at.most(1 + daemon.count('disconnected'));
      };
      const started = Date.now();
      const client = await startConflictingClient(atEnd, broker.url, protocolVersion);
      const last = await daemon.logged('disconnected', losses);
      const lasted = Date.now() - started;
      expect(last.level).to.equal('warn');
      expect(last.message).to.match(/another client (may be using|with) the same client id/);

      const lines = daemon.log.entries.filter(({ event }) => event === 'disconnected');
      const waits = lines.slice(0, losses).map((line) => Number(line['wait_ms']));
      for (const [at, wait] of waits.entries()) expect(wait).to.be.at.most(1_000 * 2 ** at);
      oneAttemptForEachWait();
      expect(lasted).to.be.at.least(waits.slice(0, -1).reduce((sum, wait) => sum + wait, 0));
      measured(`${losses} connections in ${lasted} ms, waits of ${waits.join(', ')} ms`);

      await client.leave();
      const server = await startServer(atEnd, broker.url);
      await server.send(username, { function: 'int1-open' });
      await rig.received.filled('the message', 1);
      oneAttemptForEachWait();
      expect(await daemon.stop()).to.include({ code: 0 });
    });
});
