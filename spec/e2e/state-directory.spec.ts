import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { startDaemon } from '../rig/daemon.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { packetIds } from '../rig/passed.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { tapWire } from '../rig/wire-tap.js';

describe('the state directory', () => {
  const atEnd = endingAfterTest();

  /** Sends a message that becomes a dead letter, and ends the daemon. */
  async function deadLetter(options: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const rig = await startRig(atEnd, { brokerUrl: tap.url });
    const daemon = startDaemon(atEnd, rig.home, options, env);
    await daemon.logged('subscribed');
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'nodash' });
    await daemon.logged('settled');
    expect(await daemon.stop()).to.include({ code: 0 });
    return { home: rig.home, tap, daemon };
  }

  const letterIn = async (directory: string): Promise<unknown> =>
    JSON.parse(await readFile(join(directory, 'dead-letters.ndjson'), 'utf8'));

  itWithMosquitto("is cvmain's mq/cvmqtt by default", async () => {
    const { home } = await deadLetter([], { STATE_DIRECTORY: undefined });
    expect(await letterIn(layout(home).state)).to.include({ reason: 'malformed-name' });
  });

  itWithMosquitto('is systemd’s', async () => {
    const given = await temporaryDirectory(atEnd);
    await deadLetter([], { STATE_DIRECTORY: given });
    expect(await letterIn(given)).to.include({ reason: 'malformed-name' });
  });

  itWithMosquitto('is that of --state-dir before any other', async () => {
    const given = join(await temporaryDirectory(atEnd), 'made', 'by', 'cvmqtt');
    const other = await temporaryDirectory(atEnd);
    await deadLetter(['--state-dir', given], { STATE_DIRECTORY: other });
    expect(await letterIn(given)).to.include({ reason: 'malformed-name' });
  });

  itWithMosquitto('belongs to one daemon: another ends with code 75 until the first has ended', async () => {
    const rig = await startRig(atEnd, { brokerUrl: (await startMosquitto(atEnd)).url });
    const first = await rig.connected();
    const second = startDaemon(atEnd, rig.home);
    expect(await second.exited).to.deep.equal({ code: 75, signal: null });
    const directory = layout(rig.home).state;
    const line = `cvmqtt: process ${first.pid} uses the state directory ${directory}\n`;
    expect(second.output()).to.deep.equal({ stdout: '', stderr: line });
    expect(first.count('disconnected')).to.equal(0);

    await first.end('SIGKILL');
    const third = await rig.connected();
    const locks = async () => (await readdir(directory)).filter((name) => name.endsWith('.lock'));
    expect(await locks()).to.have.length(1);
    expect(await third.stop()).to.include({ code: 0 });
    expect(await locks()).to.deep.equal([]);
  });

  itWithMosquitto('names links and FIFOs in place of its files, and delays nothing', async () => {
    const given = await temporaryDirectory(atEnd);
    const state = join(given, 'state');
    await mkdir(join(given, 'private'));
    // As with DynamicUser of systemd.
    await symlink('private', state);
    const victims = ['a', 'b', 'c'].map((name) => join(given, name));
    const [one = '', two = '', three = ''] = victims;
    for (const path of victims) await writeFile(path, 'precious\n');
    await symlink(one, join(state, 'dead-letters.ndjson'));
    await link(two, join(state, 'spool.ndjson'));
    await symlink(three, join(state, 'sessions.json'));
    runToEnd('mkfifo', [join(state, 'dead-letters.ndjson.1')]);
    const { tap, daemon } = await deadLetter([], { STATE_DIRECTORY: `${state}:/nowhere` });
    const said = (event: string) => daemon.logged(event).then(({ message }) => message);
    expect(await said('state-unusable')).to.contain(`${state}/dead-letters.ndjson: is a symbolic link`);
    expect(await said('dead-letter-lost')).to.contain(`${state}/dead-letters.ndjson: is a symbolic link`);
    expect(await said('spool-broken')).to.contain(`${state}/spool.ndjson: is a hard link`);
    expect(packetIds(tap, 'puback')).to.deep.equal(packetIds(tap, 'publish'));
    for (const path of victims) expect(await readFile(path, 'utf8')).to.equal('precious\n');
  });

  itWithMosquitto(
    'says that the session can’t be recorded, with a directory in place of its file',
    async () => {
      const state = await temporaryDirectory(atEnd);
      await mkdir(join(state, 'sessions.json'));
      const rig = await startRig(atEnd, { brokerUrl: (await startMosquitto(atEnd)).url });
      const daemon = startDaemon(atEnd, rig.home, ['--state-dir', state]);
      await daemon.logged('subscribed');
      const { level, message } = await daemon.logged('state-unusable');
      expect([level, message]).to.deep.equal([
        'error',
        `${join(state, 'sessions.json')}: EISDIR: state that can't be stored there is lost`,
      ]);
      expect((await readdir(state)).filter((name) => name.endsWith('.tmp'))).to.deep.equal([]);
    },
  );

  itWithMosquitto('that can’t be written holds nothing up: the loss is logged as an error', async () => {
    const file = join(await temporaryDirectory(atEnd), 'file');
    await writeFile(file, '');
    await loseALetter(file);
  });

  itWithMosquitto('in /proc, where none can be made, holds nothing up either', async () => {
    await loseALetter('/proc/x');
  });

  const loseALetter = async (given: string): Promise<void> => {
    const { tap, daemon } = await deadLetter(['--state-dir', given]);
    expect(await daemon.logged('state-unusable')).to.include({ level: 'error' });
    expect(await daemon.logged('dead-letter-lost')).to.include({ level: 'error' });
    expect(packetIds(tap, 'puback')).to.deep.equal(packetIds(tap, 'publish'));
  };
});
