import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type AtEnd, endingAfterTest } from '../rig/at-end.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWith } from '../rig/programs.js';
import { startServer } from '../rig/server.js';
import { startSystemd } from '../rig/systemd.js';
import { startUnit } from '../rig/unit.js';

const itWithSystemdNotify = itWith('mosquitto', 'mosquitto_passwd', 'python3', 'systemd-notify');

const ended = { code: 0, signal: null };
const watchdogMs = 4_000;

const importing = (fixture: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import=${fileURLToPath(new URL(`../rig/${fixture}`, import.meta.url))}`,
});

const world = async (atEnd: AtEnd) => {
  const systemd = await startSystemd(atEnd, watchdogMs);
  const broker = await startMosquitto(atEnd, { stopped: true });
  const settings = { call_deadline_ms: 4_321 };
  const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
  const start = (env: NodeJS.ProcessEnv = {}) =>
    startDaemon(atEnd, unit.home, [], { ...systemd.env, ...env });
  return { systemd, broker, unit, start };
};

describe('under systemd', () => {
  const atEnd = endingAfterTest();

  itWithSystemdNotify('is ready when subscribed, says what it waits for, and that it stops', async () => {
    const { systemd, broker, start } = await world(atEnd);
    const daemon = start();
    await systemd.came.first('the wait', (line) => line.startsWith('STATUS=waiting for broker: '));
    expect(systemd.came.entries).to.not.include('READY=1');
    await broker.start();
    await systemd.came.first('that it is ready', (line) => line === 'READY=1');
    expect(daemon.count('subscribed')).to.equal(1);
    await systemd.came.first('the state', (line) => line === 'STATUS=subscribed');
    await systemd.came.first('pings', (line) => line === 'WATCHDOG=1', { nth: 3 });
    expect(await daemon.stop()).to.deep.equal(ended);
    expect(systemd.came.entries).to.include('STOPPING=1');
    expect(systemd.came.entries.filter((line) => line === 'READY=1')).to.have.length(1);
    expect(systemd.came.entries.join()).to.not.include(unitToken);
    expect(daemon.count('systemd-unreachable')).to.equal(0);
  });

  const hangs: readonly (readonly [what: string, hang: (daemon: Daemon) => unknown])[] = [
    ['is stopped', (daemon) => daemon.signal('SIGSTOP')],
    [
      'has its event loop blocked',
      (daemon) => {
        daemon.signal('SIGUSR2');
        return daemon.stdout.first('that it is blocked', (line) => line === 'blocked');
      },
    ],
  ];

  for (const [what, hang] of hangs)
    itWithSystemdNotify(`gives no ping when it ${what}, and loses nothing when it is killed`, async () => {
      const { systemd, broker, unit, start } = await world(atEnd);
      await broker.start();
      const daemon = start(importing('blocked-loop.mjs'));
      await daemon.logged('subscribed');
      const server = await startServer(atEnd, broker.url);
      await server.send(username, { function: 'int1-before', body: '' });
      await unit.received.filled('notification', 1);
      await systemd.came.first('a ping', (line) => line === 'WATCHDOG=1');
      await hang(daemon);
      await server.send(username, { function: 'int1-hung', body: '' });
      // What systemd does: SIGKILL, and a new start.
      await systemd.starved();
      await daemon.end('SIGKILL');
      await start().logged('subscribed');
      await server.send(username, { function: 'int1-after', body: '' });
      await unit.received.first('the last one', ({ type }) => type === 'int1-after');
      const types = unit.received.entries.map(({ type }) => type);
      expect(types.filter((type) => type !== 'int1-before')).to.deep.equal(['int1-hung', 'int1-after']);
    });

  itWithSystemdNotify('gives no ping while messages are stuck, though its event loop runs', async () => {
    const { systemd, broker, unit, start } = await world(atEnd);
    await broker.start();
    const daemon = start(importing('lost-deadlines.mjs'));
    await daemon.logged('subscribed');
    unit.cvmain.freeze();
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-hung', body: '' });
    const { message } = await daemon.logged('stuck');
    expect(message).to.include('the messages for int1');
    await systemd.starved();
    await daemon.end('SIGKILL');
    unit.cvmain.thaw();
    start();
    await unit.received.first('the message', ({ type }) => type === 'int1-hung');
  });

  itWithSystemdNotify('keeps its pings while cvmain hangs and while it is away', async () => {
    const { systemd, broker, unit, start } = await world(atEnd);
    await broker.start();
    const daemon = start();
    await daemon.logged('subscribed');
    unit.cvmain.freeze();
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-slow', body: '' });
    // Longer than it takes to notice that something is stuck.
    const pings = (8 * (4_321 + watchdogMs)) / watchdogMs;
    await systemd.came.first('pings', (line) => line === 'WATCHDOG=1', { nth: Math.ceil(pings) });
    expect(daemon.count('stuck')).to.equal(0);
    unit.cvmain.thaw();
    await unit.received.filled('notification', 1);
  });

  it('loads nothing for it elsewhere', async () => {
    const unit = await startUnit(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1', integrations: [] });
    for (const [address, says] of [
      ['', 'child_process: not loaded'],
      ['/nonexistent', 'child_process: loaded'],
    ] as const) {
      const env = { ...importing('loaded-modules.mjs'), NOTIFY_SOCKET: address };
      const daemon = startDaemon(atEnd, unit.home, [], env);
      await daemon.logged(address === '' ? 'disconnected' : 'systemd-unreachable');
      expect(await daemon.stop()).to.deep.equal(ended);
      expect(daemon.output().stdout.trim()).to.equal(says);
    }
  });

  it('runs without systemd-notify, and says once that systemd is not notified', async () => {
    const unit = await startUnit(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1', integrations: [] });
    const env = { NOTIFY_SOCKET: '/nonexistent', WATCHDOG_USEC: '400000', PATH: '/nonexistent' };
    const daemon = startDaemon(atEnd, unit.home, [], env);
    const { message } = await daemon.logged('systemd-unreachable');
    expect(message).to.include('systemd-notify: ENOENT');
    await daemon.logged('disconnected', 2);
    expect(daemon.count('systemd-unreachable')).to.equal(1);
    expect(await daemon.stop()).to.deep.equal(ended);
  });
});
