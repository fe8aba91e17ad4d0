import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { startBroker } from '../../sim/broker.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { secret, username } from '../rig/login.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

/** Names that every object of JavaScript has, or treats specially. */
const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

describe('names that mean something to JavaScript', () => {
  const atEnd = endingAfterTest();

  it('are names of apps like any others: delivered, dead-lettered, listed and explained', async () => {
    const broker = await startBroker({ secret });
    atEnd(broker.close);
    const { home, received, connected } = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: names.slice(1),
      settings: { hold_unregistered_ms: 0 },
    });
    const daemon = await connected();
    const server = await startServer(atEnd, broker.url);
    for (const name of names) await server.send(username, { function: `${name}-open`, body: name });
    const all = await received.filled('all that are registered', names.length - 1);
    expect(all.map((each) => valueIn(each, 'integration')).sort()).to.deep.equal(names.slice(1).sort());
    expect(await daemon.logged('settled')).to.include({ reason: 'unregistered', name: '__proto__-open' });
    expect(await daemon.stop()).to.include({ code: 0 });
    const letters = await readFile(join(layout(home).state, 'dead-letters.ndjson'), 'utf8');
    expect(JSON.parse(letters)).to.include({ name: '__proto__-open', reason: 'unregistered' });

    await writeFile(layout(home).integrations, JSON.stringify(names.map((name) => ({ name }))));
    for (const name of names) {
      const child = startCvmqtt(atEnd, ['explain', `${name}-open`, '--config-dir', home]);
      expect((await child.exited).code).to.equal(0);
      expect(child.output().stdout).to.contain(`${name}-open: would be notified`);
    }
  });
});
