import { rename, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest } from '../rig/at-end.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

describe('the live set', () => {
  const atEnd = endingAfterTest();

  async function start(integrations: readonly string[], holdUnregisteredMs: number) {
    const broker = await startMosquitto(atEnd);
    const settings = { hold_unregistered_ms: holdUnregisteredMs };
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations, settings });
    const daemon = await rig.connected();
    await daemon.logged('integrations');
    const server = await startServer(atEnd, broker.url);
    const send = (name: string, body: string) => server.send(username, { function: `${name}-open`, body });
    return { rig, daemon, send };
  }

  itWithMosquitto('gains an app that registers: it gets the messages held for it', async () => {
    const { rig, daemon, send } = await start([], 60_000);
    await send('int1', 'early');
    expect(await rig.app.registerWith(rig.cvmain.address, 'int1', rig.app.integration)).to.satisfy(E.isRight);
    await rig.received.filled('the held message', 1);
    await send('int1', 'later');
    const received = await rig.received.filled('the next message', 2);
    expect(received.map((each) => valueIn(each, 'body'))).to.deep.equal(['early', 'later']);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('loses an app that unregisters: the very next message is not for it', async () => {
    const { rig, daemon, send } = await start(['int1', 'int2'], 0);
    await send('int1', 'before');
    await rig.received.filled('notification', 1);
    expect(await rig.app.unregisterFrom(rig.cvmain.address, 'int1')).to.satisfy(E.isRight);
    await daemon.logged('integrations', 2);
    await send('int1', 'after');
    expect(await daemon.logged('settled')).to.include({ name: 'int1-open', reason: 'unregistered' });
    await send('int2', 'another');
    const received = await rig.received.filled('notification', 2);
    expect(received.map((each) => valueIn(each, 'body'))).to.deep.equal(['before', 'another']);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto(
    'is kept while the file is broken, with one warning, and updated when it is whole',
    async () => {
      const { rig, daemon, send } = await start(['int1'], 0);
      const file = layout(rig.home).integrations;
      const half = '[{"name":"int1"},{"name":"in';
      await writeFile(file, half);
      const warning = await daemon.logged('file-broken');
      expect(warning).to.include({ level: 'warn', file });
      await writeFile(file, `${half}t2`);
      await send('int1', 'broken');
      await rig.received.filled('notification', 1);
      // Atomically, as cvmain does.
      await writeFile(`${file}.new`, '[{"name":"int1"},{"name":"int2"}]');
      await rename(`${file}.new`, file);
      expect(await daemon.logged('integrations', 2)).to.include({ count: 2 });
      await send('int2', 'whole');
      const received = await rig.received.filled('notification', 2);
      expect(received.map((each) => valueIn(each, 'body'))).to.deep.equal(['broken', 'whole']);
      expect(daemon.count('file-broken')).to.equal(1);
      expect(await daemon.stop()).to.include({ code: 0 });
    },
  );
});
