import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest } from '../rig/at-end.js';
import { cvmqtt, type Daemon, startDaemon } from '../rig/daemon.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { newerVersion } from '../rig/newer-version.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startServer } from '../rig/server.js';
import { startUnit, type Unit } from '../rig/unit.js';
import { root } from '../support/imports.js';

const fixtures = (format: number): string => join(root, 'spec', 'fixtures', `state-${format}`);

const bodies = ({ cvmain }: Unit): readonly string[] => cvmain.accepted.entries.map(({ body }) => body);

const newerFiles = (daemon: Daemon): readonly string[] =>
  daemon.log.entries.filter(({ event }) => event === 'state-newer').map(({ message }) => message);

const twoHoursAgo = (): string => new Date(Date.now() - 7_200_000).toISOString();

describe('a daemon with files', () => {
  const atEnd = endingAfterTest();

  const startAll = async () => {
    const broker = await startMosquitto(atEnd);
    // A message of another boot counts from this boot on, which may be days ago.
    const settings = { patience_ms: 100, spool_max_age_s: 31_536_000 };
    const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ['int1', 'int2'], settings });
    const server = await startServer(atEnd, broker.url);
    const send = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n += 1)
        await server.send(username, { function: 'int1-open', body: String(n) });
    };
    const connected = async (program: string): Promise<Daemon> => {
      const daemon = startDaemon(atEnd, unit.home, ['--log-level', 'debug'], {}, [], program);
      await daemon.logged('subscribed');
      return daemon;
    };
    return { unit, send, connected, state: layout(unit.home).state };
  };

  const spooled = (daemon: Daemon, nth: number): Promise<unknown> =>
    daemon.log.first('spooled messages', ({ message }) => message.endsWith(': spooled'), { nth });

  itWithMosquitto(
    'of a newer version says so once and delivers new messages, and the newer one delivers what was kept',
    async () => {
      const newer = await newerVersion(atEnd);
      const { unit, send, connected, state } = await startAll();
      let daemon = await connected(newer);
      await unit.cvmain.kill();
      await send(0, 5);
      await spooled(daemon, 5);
      expect(await daemon.stop()).to.include({ code: 0 });
      const kept = await readFile(join(state, 'spool.ndjson'), 'utf8');
      expect(kept).to.match(/^\{"format":2,/);

      await unit.cvmain.start();
      daemon = await connected(cvmqtt);
      expect(newerFiles(daemon)).to.deep.equal([
        `${state}/sessions.json has format 2, and this version of cvmqtt reads format 1: it is kept as sessions.json.v2; retained commands may run once more. Upgrading cvmqtt again uses it again`,
        `${state}/spool.ndjson has format 2, and this version of cvmqtt reads format 1: its messages are kept in spool.ndjson.v2, and new ones are delivered without them. To have them delivered, upgrade cvmqtt again`,
      ]);
      await send(5, 8);
      await unit.cvmain.accepted.filled('the new messages', 3);
      expect(await daemon.stop()).to.include({ code: 0 });

      daemon = await connected(cvmqtt);
      await unit.cvmain.kill();
      await send(8, 11);
      await spooled(daemon, 3);
      expect(newerFiles(daemon)).to.deep.equal([]);
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(await readFile(join(state, 'spool.ndjson.v2'), 'utf8')).to.equal(kept);

      await unit.cvmain.start();
      daemon = await connected(newer);
      await unit.cvmain.accepted.filled('all messages', 11);
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(bodies(unit)).to.deep.equal(['5', '6', '7', '0', '1', '2', '3', '4', '8', '9', '10']);
      expect((await readdir(state)).filter((file) => /\.v\d|\.tmp/.test(file))).to.deep.equal([]);
      expect(newerFiles(daemon)).to.deep.equal([]);
    },
  );

  itWithMosquitto('of every kind of a newer version delivers new messages and keeps them all', async () => {
    const { unit, send, connected, state } = await startAll();
    await mkdir(state);
    await cp(fixtures(2), state, { recursive: true });
    const daemon = await connected(cvmqtt);
    await send(0, 2);
    await unit.cvmain.accepted.filled('the new messages', 2);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(newerFiles(daemon)).to.have.length(3);
    const content = (directory: string, file: string) => readFile(join(directory, file), 'utf8');
    for (const file of ['spool.ndjson', 'sessions.json'])
      expect(await content(state, `${file}.v2`)).to.equal(await content(fixtures(2), file));
    for (const file of ['dead-letters.ndjson', 'dead-letters-replayed.ndjson'])
      expect(await content(state, file)).to.equal(await content(fixtures(2), file));
  });

  itWithMosquitto('of the time before formats delivers the messages in them', async () => {
    const { unit, connected, state } = await startAll();
    await mkdir(state);
    await cp(fixtures(1), state, { recursive: true });
    const spool = join(state, 'spool.ndjson');
    const written = (await readFile(spool, 'utf8')).replaceAll('2026-11-28T07:59:50.000Z', twoHoursAgo());
    await writeFile(spool, written);
    const daemon = await connected(cvmqtt);
    await daemon.log.first('settled messages', ({ event }) => event === 'settled', { nth: 3 });
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(newerFiles(daemon)).to.deep.equal([]);
    // Its age is unknown: it is of another boot.
    expect(await daemon.logged('stopped')).to.include({ notified: 2, expired: 1, dead_letters_lost: 0 });
    // The notifier, which is all that is configured here, has accepted the other one before.
    expect(unit.cvmain.accepted.entries.map(({ name }) => name)).to.deep.equal(['int1-four']);
  });
});
