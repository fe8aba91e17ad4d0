import { expect } from 'chai';
import { endingAfterTest } from './support/at-end.js';
import { username } from './support/login.js';
import { startMosquitto } from './support/mosquitto.js';
import { itWithMosquitto } from './support/programs.js';
import { startRig } from './support/rig.js';
import { startServer } from './support/server.js';

describe('a log that nobody reads any more', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('is no reason to stop forwarding', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = await rig.connected('--log-level', 'debug');
    daemon.stopReading();
    const server = await startServer(atEnd, broker.url);
    for (const body of ['one', 'two', 'three']) {
      await server.send(username, { function: 'int1-open', body });
      await server.send(username, { function: 'nodash', body });
    }
    await rig.received.filled('notifications', 3);
    expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
  });
});
