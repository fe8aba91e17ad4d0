import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { expect } from 'chai';
import { layout } from '../../../lib/config/layout.js';
import { startBroker } from '../../../sim/broker.js';
import { endingAfterTest, temporaryDirectory } from '../../rig/at-end.js';
import { startDaemon } from '../../rig/daemon.js';
import { renewedUnitToken, secret, unitToken } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startRig } from '../../rig/rig.js';

/** A change must be noticed within this time, ms. */
const noticedMs = 5_000;

describe('a configuration directory behind links', () => {
  const atEnd = endingAfterTest();

  /** A unit with one app, in a directory that the daemon does not see. */
  const start = async () => {
    const broker = await startBroker({ secret });
    atEnd(broker.close);
    const { home } = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    return { real: home, seen: join(await temporaryDirectory(atEnd), 'config') };
  };

  const within = async (what: string, noticed: Promise<unknown>): Promise<void> => {
    const from = performance.now();
    await noticed;
    const took = performance.now() - from;
    measured(`${what} after ${(took / 1_000).toFixed(1)} s`);
    expect(took).to.be.below(noticedMs);
  };

  const replaceLink = async (target: string, path: string): Promise<void> => {
    await symlink(target, `${path}.new`);
    await rename(`${path}.new`, path);
  };

  it('made by Kubernetes: the link of all files is replaced', async () => {
    const { real, seen } = await start();
    const { mq } = layout(seen);
    const swap = async (version: string): Promise<void> => {
      await cp(layout(real).mq, join(mq, `..${version}`), { recursive: true });
      await replaceLink(`..${version}`, join(mq, '..data'));
    };
    await mkdir(mq, { recursive: true });
    await symlink(layout(real).cvmain, layout(seen).cvmain);
    await swap('1');
    for (const file of ['mq.json', 'integrations.json']) await symlink(join('..data', file), join(mq, file));
    const daemon = startDaemon(atEnd, seen);
    await daemon.logged('subscribed');
    await writeFile(layout(real).integrations, '[{"name":"int1"},{"name":"int2"}]');
    await swap('2');
    await rm(join(mq, '..1'), { recursive: true });
    await within('the set', daemon.logged('integrations', 2));
    const login = await readFile(layout(real).credentials, 'utf8');
    await writeFile(layout(real).credentials, login.replace(unitToken, renewedUnitToken));
    await swap('3');
    await within('the login', daemon.logged('connected', 2));
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('that is a link, which is replaced', async () => {
    const { real, seen } = await start();
    await symlink(real, seen);
    const daemon = startDaemon(atEnd, seen, ['--state-dir', await temporaryDirectory(atEnd)]);
    await daemon.logged('subscribed');
    const next = `${seen}.next`;
    await cp(real, next, { recursive: true });
    await writeFile(layout(next).integrations, '[{"name":"int1"},{"name":"int2"}]');
    await replaceLink(next, seen);
    await within('the set', daemon.logged('integrations', 2));
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('that is moved away and replaced by another', async () => {
    const { real, seen } = await start();
    await cp(real, seen, { recursive: true });
    const daemon = startDaemon(atEnd, seen, ['--state-dir', await temporaryDirectory(atEnd)]);
    await daemon.logged('subscribed');
    await rename(seen, `${seen}.old`);
    await cp(real, seen, { recursive: true });
    await writeFile(layout(seen).integrations, '[{"name":"int1"},{"name":"int2"}]');
    await within('the set', daemon.logged('integrations', 2));
    expect(daemon.count('connected')).to.equal(1);
    expect(await daemon.stop()).to.include({ code: 0 });
  });
});
