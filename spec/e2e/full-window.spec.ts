import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { holdCalls } from '../rig/held-calls.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { packetIds, passed } from '../rig/passed.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { tapWire } from '../rig/wire-tap.js';

const names = Array.from({ length: 5 }, (_, at) => `int${at}`);
const bodies = Array.from({ length: 100 }, (_, at) => `${at}`);

describe('a window that the broker exceeds', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto(
    'ends the connection while it stays full: the daemon reconnects when everything is settled',
    async () => {
      const calls = holdCalls();
      const broker = await startMosquitto(atEnd);
      const tap = await tapWire(atEnd, broker.port);
      const rig = await startRig(atEnd, {
        brokerUrl: tap.url,
        integrations: names,
        intercept: calls.intercept,
        // MQTT 3.1.1 has no Receive Maximum: mosquitto sends 20 at a time. Half a second is an eighth of the keepalive.
        settings: { mqtt_version: '3.1.1', window_messages: 10, keepalive_s: 4 },
      });
      const daemon = await rig.connected();
      const server = await startServer(atEnd, broker.url);
      const send = (body: string) =>
        server.send(username, { function: `int${Number(body) % names.length}-do`, body });
      await Promise.all(bodies.map(send));
      expect(await daemon.logged('window-full')).to.have.property('level', 'warn');
      await tap.packets.first('DISCONNECT', ({ packet }) => packet.cmd === 'disconnect');
      expect(packetIds(tap, 'puback')).to.deep.equal([]);
      expect(daemon.count('connected')).to.equal(1);

      calls.releaseAll();
      const received = await rig.received.filled('notifications', bodies.length);
      expect(await daemon.stop()).to.include({ code: 0 });
      for (const [at] of names.entries()) {
        const isForIt = (body: string | undefined): boolean => Number(body) % names.length === at;
        const ofOne = received.map((each) => valueIn(each, 'body')).filter(isForIt);
        expect(ofOne).to.deep.equal(bodies.filter(isForIt));
      }
      expect(await daemon.logged('stopped')).to.include({ notified: bodies.length });
      expect(passed(tap, 'puback')).to.have.length(bodies.length);
    },
  );
});
