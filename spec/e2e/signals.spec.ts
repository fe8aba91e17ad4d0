import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { holdCalls } from '../rig/held-calls.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { listsSockets, socketsOf } from '../rig/sockets.js';
import { startUnit } from '../rig/unit.js';
import { within } from '../rig/within.js';

/** Signals that mean nothing to the daemon. */
const meaningless = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGIO',
  'SIGPROF',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
] as const;

/** Linux's numbers. Node.js itself handles SIGUSR1 from its start. The daemon installs SIGXFSZ last. */
const [usr1, usr2, xfsz] = [10, 12, 25];

/** Resolves when the process has a handler for a signal, by `/proc/<pid>/status` (proc_pid_status(5)). */
const catches = async (pid: number, signal: number): Promise<void> => {
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const caught = BigInt(`0x${/^SigCgt:\s*(\w+)$/m.exec(status)?.[1] ?? '0'}`);
    if ((caught >> BigInt(signal - 1)) & 1n) return;
    await wait(1);
  }
};

describe('signals', () => {
  const atEnd = endingAfterTest();

  const onLinux = listsSockets ? it : it.skip;

  const ends = async (daemon: Daemon): Promise<void> => {
    daemon.signal('SIGTERM');
    expect(await within(5_000, () => 'the daemon to end', daemon.gone)).to.deep.equal({
      code: 0,
      signal: null,
    });
  };

  onLinux('SIGTERM ends it with code 0 as soon as it runs', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1' });
    for (let n = 0; n < 5; n += 1) {
      const daemon = startDaemon(atEnd, rig.home);
      await catches(daemon.pid, usr2);
      await ends(daemon);
    }
  });

  itWithMosquitto('SIGTERM ends it while it waits for cvmain', async () => {
    const unit = await startUnit(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1', integrations: [] });
    await unit.cvmain.kill();
    const daemon = startDaemon(atEnd, unit.home);
    await daemon.logged('waiting');
    await ends(daemon);
  });

  it('SIGTERM ends it while there is no broker', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1' });
    const daemon = startDaemon(atEnd, rig.home);
    await daemon.logged('disconnected');
    await ends(daemon);
  });

  it('SIGQUIT ends it as SIGTERM does, without a core dump', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1' });
    const daemon = startDaemon(atEnd, rig.home);
    await daemon.logged('disconnected');
    daemon.signal('SIGQUIT');
    expect(await daemon.exited).to.deep.equal({ code: 0, signal: null });
  });

  it('SIGTERM ends it while a broker is silent', async () => {
    const silent = createServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    atEnd(() => silent.close());
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const rig = await startRig(atEnd, { brokerUrl: `mqtt://127.0.0.1:${port}` });
    const connected = once(silent, 'connection');
    const daemon = startDaemon(atEnd, rig.home);
    await connected;
    await ends(daemon);
  });

  const opensNothing = async (daemon: Daemon) => {
    expect((await socketsOf(daemon.pid)).open).to.deep.equal([]);
    expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
  };

  onLinux('that mean nothing to it neither end it nor open a port, at its start and later', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1' });
    const daemon = startDaemon(atEnd, rig.home);
    await catches(daemon.pid, xfsz);
    for (const signal of ['SIGHUP', ...meaningless] as const) daemon.signal(signal);
    await daemon.logged('disconnected');
    for (const signal of ['SIGHUP', ...meaningless] as const) daemon.signal(signal);
    await daemon.logged('disconnected', 2);
    expect(daemon.output().stderr).not.to.contain('Debugger');
    await opensNothing(daemon);
  });

  onLinux('SIGUSR1 before it runs leaves no debugger behind', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1' });
    const daemon = startDaemon(atEnd, rig.home);
    await catches(daemon.pid, usr1);
    daemon.signal('SIGUSR1');
    await daemon.logged('disconnected');
    while ((await socketsOf(daemon.pid)).open.length > 0) await wait(50);
    await opensNothing(daemon);
  });

  itWithMosquitto('SIGHUP while it drains changes nothing', async () => {
    const calls = holdCalls();
    const broker = await startMosquitto(atEnd);
    const { intercept } = calls;
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], intercept });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open' });
    await calls.arrived.filled('the call that is held', 1);
    daemon.signal('SIGTERM');
    await daemon.logged('stopping');
    for (const signal of ['SIGHUP', ...meaningless] as const) daemon.signal(signal);
    calls.releaseAll();
    expect(await daemon.exited).to.deep.equal({ code: 0, signal: null });
    expect(await daemon.logged('stopped')).to.include({ notified: 1 });
  });
});
