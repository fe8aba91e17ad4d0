import { expect } from 'chai';
import { type Notification, startApp } from '../../sim/app.js';
import { endingAfterTest } from '../rig/at-end.js';
import { Journal } from '../rig/journal.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

/** The settings of config.json, and how many notifications of a message each of the two gets. */
const ways = [
  { msgsViaNotifier: true, externalIntegrations: false, notifier: 1, app: 0 },
  { msgsViaNotifier: false, externalIntegrations: true, notifier: 0, app: 1 },
  { msgsViaNotifier: true, externalIntegrations: true, notifier: 1, app: 1 },
  { msgsViaNotifier: false, externalIntegrations: false, notifier: 0, app: 0 },
];

describe('ways of delivery', () => {
  const atEnd = endingAfterTest();

  for (const { notifier, app, ...switches } of ways) {
    itWithMosquitto(`${JSON.stringify(switches)}: notifier ${notifier}, app ${app}`, async () => {
      const broker = await startMosquitto(atEnd);
      const rig = await startRig(atEnd, { brokerUrl: broker.url, ...switches });
      const atApp = new Journal<Notification>();
      const ownApp = await startApp({ onNotification: atApp.put });
      atEnd(ownApp.close);
      await rig.cvmain.register('int1', ownApp.integration);
      const daemon = await rig.connected('--log-level', 'debug');
      const server = await startServer(atEnd, broker.url);
      await server.send(username, { function: 'int1-get-settings', body: '{"a":1}' });
      const settled = await daemon.logged('settled');
      expect(settled['reason']).to.equal(notifier + app === 0 ? 'delivery-disabled' : undefined);
      await rig.received.filled('notification', notifier);
      await atApp.filled('notification', app);
      expect(await daemon.stop()).to.include({ code: 0 });
      const received = [...rig.received.entries, ...atApp.entries];
      expect([rig.received.entries.length, atApp.entries.length]).to.deep.equal([notifier, app]);
      for (const notification of received) {
        expect(notification.type).to.equal('int1-get-settings');
        expect(notification.vals.slice(0, 4)).to.deep.equal([
          { k: 'integration', v: 'int1' },
          { k: 'message', v: 'get-settings' },
          { k: 'body', v: '{"a":1}' },
          { k: 'topic', v: `s2u/${username}/command` },
        ]);
        expect(Date.parse(valueIn(notification, 'dt') ?? '')).to.be.closeTo(Date.now(), 10_000);
      }
    });
  }
});
