import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { layout } from '../../lib/config/layout.js';
import { Snapshot } from '../../lib/status/snapshot.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { type AtEnd, endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startChild } from '../rig/child.js';
import { cvmqtt, startCvmqtt, startDaemon } from '../rig/daemon.js';
import { documented, timeless } from '../rig/documented.js';
import { unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWith, itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { steeringIn } from '../rig/unprintable.js';
import { rightOf } from '../support/either.js';

const Line = t.intersection([t.type({ running: t.boolean }), Snapshot]);

const nowhere = { brokerUrl: 'mqtt://127.0.0.1:1' };

/** The sizes of the files in the state directory, without locks. */
const stateFiles = async (home: string): Promise<Readonly<Record<string, number>>> => {
  const { state } = layout(home);
  const names = (await readdir(state)).filter((name) => !name.endsWith('.lock'));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await stat(join(state, name))).size] as const)),
  );
};

/** A runtime directory, and `cvmqtt status` that looks there. */
const looking = async (atEnd: AtEnd) => {
  const runtime = await temporaryDirectory(atEnd);
  const env = { RUNTIME_DIRECTORY: runtime };
  const status = async (...args: readonly string[]) => {
    const child = startCvmqtt(atEnd, ['status', ...args], env);
    const { code } = await child.exited;
    return { code, ...child.output() };
  };
  /** Resolves with the first status that is as wanted. */
  const seen = async (what: string, isWanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> => {
    const child = startCvmqtt(atEnd, ['status', '--watch', '--json'], env);
    const lines = child.stdout.derive((line) => E.getOrElseW(() => undefined)(decodeJsonWith(Line)(line)));
    const found = await lines.first(what, isWanted);
    await child.end('SIGKILL');
    return found;
  };
  return { runtime, env, status, seen };
};

describe('cvmqtt status', () => {
  const atEnd = endingAfterTest();

  it('says what the daemon waits for: cvmain, then the broker', async () => {
    const { env, status, seen } = await looking(atEnd);
    const rig = await startRig(atEnd, nowhere);
    await rig.cvmain.suspend();
    startDaemon(atEnd, rig.home, [], env);
    await seen('cvmain away', ({ cvmain }) => cvmain.state === 'away');
    const waiting = await status();
    expect(waiting.code).to.equal(1);
    expect(waiting.stdout).to.match(/^ {2}state {4}waiting for cvmain, /m);
    await rig.cvmain.resume();
    await seen('broker away', ({ broker, cvmain }) => cvmain.state === 'serves' && broker.state === 'away');
    const next = await status(rig.home);
    expect(next.code).to.equal(1);
    expect(next.stdout).to.match(/^ {2}state {4}waiting for broker, .*can't be reached/m);
  });

  itWithMosquitto('shows what is held, with the nearest registered name, and what was settled', async () => {
    const { env, status, seen } = await looking(atEnd);
    const broker = await startMosquitto(atEnd);
    const settings = { patience_ms: 600_000, hold_unregistered_ms: 600_000 };
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['locker'], settings });
    const daemon = startDaemon(atEnd, rig.home, [], env);
    await daemon.logged('subscribed');
    const server = await startServer(atEnd, broker.url);
    for (const name of ['locker-open', 'lockr-open', 'nodash'])
      await server.send(username, { function: name, body: '' });
    const { window, apps, received, cvmain } = await seen(
      'a held message',
      ({ held, settled }) => held.length === 1 && settled['malformed-name'] === 1,
    );
    expect(window.messages).to.equal(2);
    expect(received).to.equal(3);
    expect(cvmain.calls).to.equal(1);
    expect(apps).to.deep.equal([{ name: 'locker', notified: 1, spooled: 0, dead_letters: 0 }]);
    const { code, stdout } = await status(rig.home);
    expect(code).to.equal(0);
    const steady = (output: string): string =>
      timeless(output)
        .replaceAll(rig.home, 'my-unit')
        .replace(/pid \d+/, 'pid 1')
        .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1')
        .replace(/; \S+ \w+ written/, '; some written')
        .replace(/clock .*/, 'clock');
    const example = documented('operating.md').find(({ args }) => args[0] === 'status');
    expect(steady(stdout)).to.equal(steady(example?.output ?? ''));
    expect(stdout).to.match(/^ {2}held {5}1 for lockr, .*; nearest registered: locker$/m);
    expect(stdout).to.match(/^ {2}settled {2}1 notified, 1 malformed-name$/m);
    expect(stdout).to.not.include(unitToken);
    expect((await status('--json')).stdout).to.not.include(unitToken);
    const metrics = await status('--metrics');
    expect(metrics.code).to.equal(0);
    expect(metrics.stdout.split('\n')).to.include.members([
      'cvmqtt_up 1',
      'cvmqtt_ready 1',
      'cvmqtt_held_messages 1',
      'cvmqtt_settled_total{result="malformed-name"} 1',
      'cvmqtt_app_notified_total{app="locker"} 1',
    ]);
    const state = await stateFiles(rig.home);
    expect(state).to.have.keys('dead-letters.ndjson', 'sessions.json', 'spool.ndjson');
    const bytes = Object.values(state).reduce((sum, each) => sum + each, 0);
    expect(metrics.stdout.split('\n')).to.include(`cvmqtt_written_bytes_total ${bytes}`);
    expect(metrics.stdout).to.not.include('lockr');
  });

  itWithMosquitto('shows the spool by app', async () => {
    const { env, status, seen } = await looking(atEnd);
    const broker = await startMosquitto(atEnd);
    const settings = { patience_ms: 1_000, hold_unregistered_ms: 600_000 };
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
    const daemon = startDaemon(atEnd, rig.home, [], env);
    await daemon.logged('subscribed');
    const server = await startServer(atEnd, broker.url);
    for (const name of ['int9-a', 'int9-b', 'int1-c'])
      await server.send(username, { function: name, body: '' });
    const { spool } = await seen('two spooled', ({ spool: { apps } }) => apps[0]?.messages === 2);
    expect(spool.bytes).to.be.above(0);
    expect(spool.apps.map(({ name }) => name)).to.deep.equal(['int9']);
    expect((await status()).stdout).to.match(/^ {2}spool {4}2 messages for int9, the oldest received /m);
  });

  itWith('python3')('is a live screen with --watch, which follows the size of the terminal', async () => {
    const { env, seen } = await looking(atEnd);
    const rig = await startRig(atEnd, nowhere);
    startDaemon(atEnd, rig.home, [], env);
    await seen('broker away', ({ broker }) => broker.state === 'away');
    const program = fileURLToPath(new URL('../rig/resized-terminal.py', import.meta.url));
    const command = [program, process.execPath, cvmqtt, 'status', '--watch'];
    const child = startChild(atEnd, 'python3', command, { ...env, TERM: 'xterm' });
    const line = await child.stdout.first('the screens', () => true);
    const screens = rightOf(decodeJsonWith(t.array(t.string))(line)).map((each) => each.split('\r\n'));
    const [second, last] = [screens[1] ?? [], screens[4] ?? []];
    expect(second.at(-1)).to.match(/^ {2}settled {7}0\.0\/s ▁$/);
    expect(last).to.have.length(6);
    expect(last.every((each) => each.length <= 40)).to.equal(true);
  });

  it("is a line each second with --watch where the cursor can't be moved", async () => {
    const { env, seen } = await looking(atEnd);
    const rig = await startRig(atEnd, nowhere);
    startDaemon(atEnd, rig.home, [], env);
    await seen('broker away', ({ broker }) => broker.state === 'away');
    const child = startCvmqtt(atEnd, ['status', '--watch'], env);
    const line = await child.stdout.first('a second line', () => true, { nth: 2 });
    expect(line).to.equal('waiting for broker; 0 notified, 0 held, 0 in the spool');
  });

  it('says that a killed daemon is gone, and that a stopped one has no status', async () => {
    const { runtime, env, status, seen } = await looking(atEnd);
    const rig = await startRig(atEnd, nowhere);
    const killed = startDaemon(atEnd, rig.home, [], env);
    await seen('broker away', ({ broker }) => broker.state === 'away');
    await killed.end('SIGKILL');
    const stale = await status();
    expect(stale.code).to.equal(69);
    expect(stale.stderr).to.match(/process \d+ is gone without stopping; .* waiting for broker;/);
    expect((await status('--metrics')).stdout).to.match(/\ncvmqtt_up 0\n$/);
    expect(JSON.parse((await status('--json')).stdout)).to.include({ running: false });
    const stopped = startDaemon(atEnd, rig.home, [], env);
    await seen('another process', ({ pid, broker }) => pid === stopped.pid && broker.state === 'away');
    await stopped.stop();
    expect((await readdir(runtime)).filter((name) => name.startsWith('status'))).to.deep.equal([]);
    expect(await status()).to.deep.include({ code: 69, stdout: '' });
  });

  it('asks which daemon is meant if several run', async () => {
    const { env, status } = await looking(atEnd);
    const [one, other] = [await startRig(atEnd, nowhere), await startRig(atEnd, nowhere)];
    startDaemon(atEnd, one.home, [], env);
    startDaemon(atEnd, other.home, [], env);
    const child = startCvmqtt(atEnd, ['status', '--watch'], env);
    const line = await child.stderr.first('both daemons', (each) => each.includes('several daemons run'));
    expect(line).to.include(one.home).and.to.include(other.home);
    expect((await status()).code).to.equal(69);
    expect((await status(one.home)).code).to.equal(1);
  });

  it('says what is wrong with a broken file, and quotes nothing of it', async () => {
    const { runtime, status } = await looking(atEnd);
    await writeFile(
      join(runtime, 'status-0123456789ab.json'),
      JSON.stringify({ format: 1, version: 3, '\u001b[31m': 1 }),
    );
    const { code, stderr } = await status();
    expect(code).to.equal(69);
    expect(stderr).to.match(/status-0123456789ab.json: field .*: expected /);
    expect(steeringIn(stderr)).to.deep.equal([]);
  });
});
