import { rm } from 'node:fs/promises';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startDaemon } from '../rig/daemon.js';
import { unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

describe('at --log-level warn', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('reports everything that is missing at the start, and its arrival', async () => {
    const broker = await startMosquitto(atEnd, { stopped: true });
    const rig = await startRig(atEnd, { brokerUrl: broker.url });
    await rig.cvmain.suspend();
    await rm(layout(rig.home).credentials);
    const daemon = startDaemon(atEnd, rig.home, ['--log-level', 'warn']);
    const absent = await daemon.logged('cvmain-absent');
    expect(absent.message).to.match(/for 2\d\.\d s/);
    await rig.cvmain.resume();
    await daemon.logged('cvmain-serves');
    await daemon.logged('waiting');
    await rig.cvmain.setToken(unitToken);
    await daemon.logged('disconnected');
    await broker.start();
    await daemon.logged('connected');
    await rig.cvmain.register('int1');
    await daemon.logged('integrations', 2);
    expect(await daemon.stop()).to.include({ code: 0 });
    const story = daemon.log.entries.map(({ event }) => event);
    expect(
      story.filter((event, at) => event !== story[at - 1]).filter((event) => event !== 'disconnected'),
    ).to.deep.equal([
      'cvmain-absent',
      'cvmain-serves',
      'waiting',
      'integrations',
      'connected',
      'integrations',
    ]);
    expect(daemon.log.entries.every(({ level }) => level === 'warn')).to.equal(true);
  });

  itWithMosquitto(
    'reports a cvmain that answers but accepts no message, calls it rarely, and reports when it accepts again',
    async () => {
      const broker = await startMosquitto(atEnd);
      let isOld = true;
      let calls = 0;
      const rig = await startRig(atEnd, {
        brokerUrl: broker.url,
        integrations: ['int1'],
        intercept: (_request, pass) => {
          calls += 1;
          return isOld ? Promise.resolve({ code: status.UNIMPLEMENTED, details: 'what is that' }) : pass();
        },
      });
      const daemon = startDaemon(atEnd, rig.home, ['--log-level', 'warn']);
      const server = await startServer(atEnd, broker.url);
      // An empty log does not say when it has subscribed.
      while (calls === 0) await server.send(username, { function: 'int1-open', body: '1' });
      const fails = await daemon.logged('cvmain-fails');
      expect(fails.message).to.include('UNIMPLEMENTED: what is that');
      expect(calls, 'calls within 20 s and a wait').to.be.below(40);
      isOld = false;
      await daemon.logged('cvmain-delivers');
      await rig.received.filled('notification', 1);
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(daemon.log.entries.map(({ event }) => event)).to.deep.equal(['cvmain-fails', 'cvmain-delivers']);
    },
  );

  itWithMosquitto('reports nothing if nothing is missing', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = startDaemon(atEnd, rig.home, ['--log-level', 'warn']);
    const server = await startServer(atEnd, broker.url);
    // An empty log does not say when it has subscribed.
    while (rig.received.entries.length === 0) await server.send(username, { function: 'int1-open' });
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(daemon.log.entries).to.deep.equal([]);
  });
});
