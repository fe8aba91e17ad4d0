import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt, startDaemon } from '../rig/daemon.js';
import { unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { written } from '../rig/written.js';

describe('the flight recorder', () => {
  const atEnd = endingAfterTest();

  const start = async (settings: object) => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
    const runtime = await temporaryDirectory(atEnd);
    const env = { RUNTIME_DIRECTORY: runtime };
    const daemon = startDaemon(atEnd, rig.home, ['--log-level', 'debug'], env);
    await daemon.logged('subscribed');
    const server = await startServer(atEnd, broker.url);
    const run = async (...args: readonly string[]) => {
      const child = startCvmqtt(atEnd, args, env);
      const { code } = await child.exited;
      return { code, ...child.output() };
    };
    const files = async (): Promise<readonly string[]> =>
      (await readdir(runtime))
        .filter((name) => name.startsWith('recorder'))
        .map((name) => join(runtime, name));
    return { rig, env, daemon, server, run, files };
  };

  itWithMosquitto('shows an incident after a crash of the daemon, and replay knows the outage', async () => {
    const { rig, env, daemon, server, run, files } = await start({});
    const send = (name: string, timeout?: number) =>
      server.send(username, { function: name, ...(timeout === undefined ? {} : { timeout }) });
    await send('int1-before');
    await daemon.logged('settled');
    await rig.cvmain.suspend();
    await send('int1-expires', 800);
    await daemon.logged('settled', 2);
    await rig.cvmain.resume();
    await daemon.logged('cvmain-serves', 2);
    await send('nodash');
    await daemon.logged('settled', 3);
    const [recording = ''] = await files();
    await written(recording, '"end":"malformed-name"');
    await daemon.end('SIGKILL');
    const again = startDaemon(atEnd, rig.home, ['--log-level', 'debug'], env);
    await again.logged('subscribed');
    await send('int1-after');
    await again.logged('settled');
    await again.stop();

    const { code, stdout, stderr } = await run('report', rig.home);
    expect(code).to.equal(0);
    expect(stdout).to.match(/int1-before +notified/);
    expect(stdout).to.match(/int1-expires +expired: .*failed call/);
    expect(stdout).to.match(/cvmain does not answer/);
    expect(stdout).to.match(/malformed-name: "nodash"/);
    expect(stdout).to.match(/int1-after +notified/);
    // The broker may not have read the last acknowledgement before the crash, and sends that message again.
    expect(stderr).to.match(/^[45] messages in .*: 2 notified, 1 expired, [12] malformed-name\n$/);
    expect((await run('report', rig.home, '--message', 'int1-after')).stderr).to.match(/^1 message in/);

    const page = join(rig.home, 'report.html');
    expect((await run('report', rig.home, '-o', page)).code).to.equal(0);
    expect(await readFile(page, 'utf8')).to.contain('int1-expires');

    const [file = ''] = await files();
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(await readFile(file, 'utf8')).not.to.contain(unitToken);
    const replayed = await run('replay', file, '--json');
    const ends = replayed.stdout
      .trim()
      .split('\n')
      .map((line) => /"end":"([\w-]+)"/.exec(line)?.[1]);
    expect([...new Set(ends.slice(0, -1)), ends.at(-1)]).to.deep.equal([
      'notified',
      'expired',
      'malformed-name',
      'notified',
    ]);

    const test = join(rig.home, 'incident.test');
    const made = await run('test', '--from-capture', file, '-o', test);
    expect(made.code).to.equal(0);
    // The calls that found cvmain away are an outage; no call was refused, and the recorder knows that.
    expect(made.stderr).to.equal('');
    expect(await readFile(test, 'utf8'))
      .to.match(/^ {2}cvmain +-*\?/m)
      .and.match(/= int1-expires \{"timeout":800\}/);
    expect((await run('test', test)).code).to.equal(0);
  });

  itWithMosquitto('keeps its size, in two files, and what came last', async () => {
    const { daemon, server, run, files, rig } = await start({ recorder_max_bytes: 40_000 });
    for (let sent = 1; sent <= 200; sent += 1)
      await server.send(username, { function: `int1-number${sent}`, body: 'x'.repeat(100) });
    await daemon.logged('settled', 200);
    await daemon.stop();
    const sizes = await Promise.all((await files()).map(async (file) => (await stat(file)).size));
    expect(sizes).to.have.length(2);
    // A file turns once it has its size, so it has a batch of lines more.
    for (const size of sizes) expect(size).to.be.below(20_000 + 20_000);
    const { stdout } = await run('report', rig.home);
    expect(stdout).to.contain('int1-number200').and.not.to.contain('int1-number1 ');
  });

  itWithMosquitto('keeps no payloads, and then can’t be replayed, or keeps nothing, if so set', async () => {
    const { daemon, server, run, files, rig } = await start({ recorder_payloads: 'none' });
    await server.send(username, { function: 'int1-open', body: 'private' });
    await daemon.logged('settled');
    const { settings } = layout(rig.home);
    await writeFile(settings, '{"recorder_max_bytes":0}');
    await daemon.logged('configuration-changed');
    await daemon.logged('subscribed', 2);
    await server.send(username, { function: 'int1-later' });
    await daemon.logged('settled', 2);
    await daemon.stop();
    const [file = ''] = await files();
    const text = await readFile(file, 'utf8');
    expect(text).to.contain('int1-open').and.not.to.contain('private').and.not.to.contain('int1-later');
    const replayed = await run('replay', file);
    expect(replayed.code).to.equal(1);
    expect(replayed.stderr).to.contain('use cvmqtt report');
    expect((await run('report', rig.home)).stdout).to.match(/int1-open +notified/);
  });

  itWithMosquitto('is not needed: without a place for it the daemon runs', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const file = join(rig.home, 'file');
    await writeFile(file, '');
    const daemon = startDaemon(atEnd, rig.home, [], { RUNTIME_DIRECTORY: join(file, 'within') });
    await daemon.logged('subscribed');
    await daemon.logged('state-unusable');
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open' });
    await rig.received.filled('the notification', 1);
    const report = startCvmqtt(atEnd, ['report', rig.home], { RUNTIME_DIRECTORY: join(file, 'within') });
    expect((await report.exited).code).to.equal(1);
    expect(report.output().stderr).to.contain('there is no recording');
  });
});
