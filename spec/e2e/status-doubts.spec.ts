import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type AtEnd, endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd, startChild } from '../rig/child.js';
import { cvmqtt, startCvmqtt, startDaemon } from '../rig/daemon.js';
import { mayRunNode, plainUser } from '../rig/nobody.js';
import { startRig } from '../rig/rig.js';

const nowhere = { brokerUrl: 'mqtt://127.0.0.1:1' };

/** A daemon without a broker whose status is there. */
const startWaiting = async (atEnd: AtEnd) => {
  const env = { RUNTIME_DIRECTORY: await temporaryDirectory(atEnd) };
  const rig = await startRig(atEnd, nowhere);
  startDaemon(atEnd, rig.home, [], env);
  const watch = startCvmqtt(atEnd, ['status', '--watch'], env);
  await watch.stdout.first('a status', (line) => line.includes('waiting for broker'));
  await watch.end('SIGKILL');
  const status = (...args: readonly string[]) =>
    runToEnd(process.execPath, [cvmqtt, 'status', ...args], { env: { ...process.env, ...env } });
  return { home: rig.home, env, status };
};

describe('cvmqtt status, where more than one thing can be meant', () => {
  const atEnd = endingAfterTest();

  it('ends with --watch when its reader is gone', async () => {
    const { env } = await startWaiting(atEnd);
    const script = '"$0" "$1" status --watch | head -n 1; echo ended';
    const child = startChild(atEnd, 'bash', ['-c', script, process.execPath, cvmqtt], env);
    await child.stdout.first('the end', (line) => line === 'ended');
  });

  it('shows a reason whole, however long', async () => {
    const { status } = await startWaiting(atEnd);
    expect(status().stdout).to.match(/waiting for broker, .*ECONNREFUSED 127\.0\.0\.1:1\b/);
  });

  it('finds a daemon through a link to its configuration directory', async () => {
    const { home, status } = await startWaiting(atEnd);
    const link = join(await temporaryDirectory(atEnd), 'link');
    await symlink(home, link);
    expect(status(link).code).to.equal(1);
  });

  it('gives no metrics if it can not say which daemon is meant, as none would be down', async () => {
    const { env, status } = await startWaiting(atEnd);
    const other = await startRig(atEnd, nowhere);
    startDaemon(atEnd, other.home, [], env);
    const watch = startCvmqtt(atEnd, ['status', '--watch'], env);
    await watch.stderr.first('both', (line) => line.includes('several daemons run'));
    const { code, stdout, stderr } = status('--metrics');
    expect({ code, stdout }).to.deep.equal({ code: 69, stdout: '' });
    expect(stderr).to.include('several daemons run');
  });

  (mayRunNode ? it : it.skip)('says that it may not look, rather than that nothing runs', async () => {
    const runtime = await temporaryDirectory(atEnd);
    await chmod(runtime, 0o311);
    const { code, stderr } = runToEnd(process.execPath, [cvmqtt, 'status'], {
      env: { ...process.env, RUNTIME_DIRECTORY: runtime },
      ...plainUser,
    });
    expect(code).to.equal(69);
    expect(stderr).to.match(/: EACCES; run it as the daemon's user$/m);
  });
});
