import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { startChild } from '../rig/child.js';
import { cvmqtt } from '../rig/daemon.js';
import { flood } from '../rig/flood.js';
import { username } from '../rig/login.js';
import { measured } from '../rig/measured.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWith, itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { within } from '../rig/within.js';

/** Number of messages whose lines at level debug exceed the pipe and the daemon's buffer. */
const many = 4_000;

describe('a log without a reader', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('does not stop forwarding', async () => {
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

  /** A daemon whose log is not read, after it has forwarded all messages. */
  async function stalled() {
    const broker = await startMosquitto(atEnd);
    // No message is spooled on a busy machine: that would be one more line.
    const settings = { patience_ms: 600_000 };
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
    const daemon = await rig.connected('--log-level', 'debug');
    const resume = daemon.stall();
    const before = await memoryOf(daemon.pid);
    const payload = JSON.stringify({ function: 'int1-open' });
    await flood(broker.port, `s2u/${username}/command`, many, () => payload);
    await rig.accepted.filled('notifications', many);
    return { daemon, resume, grown: (await memoryOf(daemon.pid)) - before };
  }

  itWithMosquitto(
    'whose reader hangs holds nothing up; the number of missing entries is logged when it continues',
    async () => {
      const { daemon, resume } = await stalled();
      resume();
      const { entries, level } = await daemon.logged('log-entries-dropped');
      expect(level).to.equal('error');
      expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
      expect(Number(entries)).to.equal(many - daemon.count('settled'));
      expect(Number(entries)).to.be.greaterThan(many / 4);
    },
  );

  itWithMosquitto('does not delay its end if the reader hangs', async () => {
    const { daemon, grown } = await stalled();
    measured(`${many} lines unread: ${(grown / 1024).toFixed(0)} KiB more memory than before`);
    daemon.signal('SIGTERM');
    expect(await within(10_000, () => 'the daemon to end', daemon.gone)).to.deep.equal({
      code: 0,
      signal: null,
    });
  });

  const inTerminal = itWith('mosquitto', 'mosquitto_passwd', 'python3');
  inTerminal('and whose terminal is stopped (Ctrl-S) holds nothing up', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const program = fileURLToPath(new URL('../rig/stopped-terminal.py', import.meta.url));
    const args = [program, process.execPath, cvmqtt, 'run', rig.home, '--log-level', 'debug'];
    const terminal = startChild(atEnd, 'python3', args);
    await terminal.stdout.first('the terminal to be stopped', (line) => line === 'stopped');
    const payload = JSON.stringify({ function: 'int1-open' });
    await flood(broker.port, `s2u/${username}/command`, 100, () => payload);
    await rig.accepted.filled('notifications', 100);
    terminal.signal('SIGTERM');
    expect(await terminal.exited).to.deep.equal({ code: 0, signal: null });
  });
});

/** Its resident memory, bytes. */
const memoryOf = async (pid: number): Promise<number> => {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
};
