import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt, startDaemon } from '../rig/daemon.js';
import { deadLetters } from '../rig/dead-letters.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

/** Names this process's own stderr as the journal's stream, as systemd does, and becomes the command. */
const asService = ['sh', '-c', 'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$@"', 'sh'];

describe('the log', () => {
  const atEnd = endingAfterTest();

  it('has a priority on each line under systemd, and none elsewhere', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:9' });
    const isLoud = (line: string) => line.includes('"disconnected"');
    const service = startDaemon(atEnd, rig.home, [], {}, asService);
    await service.stderr.first('warning', isLoud);
    await service.end('SIGTERM');
    expect(service.stderr.entries.find(isLoud)?.slice(0, 4)).to.equal('<4>{');
    expect(service.stderr.entries.every((line) => /^<[3-7]>\{/.test(line))).to.equal(true);
    const inherited = startDaemon(atEnd, rig.home, [], { JOURNAL_STREAM: '1:1' });
    await inherited.stderr.first('warning', isLoud);
    expect(inherited.stderr.entries.every((line) => line.startsWith('{'))).to.equal(true);
  });

  it('has a priority on the line that says why the daemon does not start', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:9' });
    await writeFile(layout(rig.home).settings, '{"nonsense":1}');
    const child = startCvmqtt(atEnd, ['run', rig.home], {}, asService);
    expect(await child.exited).to.include({ code: 78 });
    expect(child.output().stderr).to.match(/^<3>cvmqtt: .*nonsense.*\n$/);
  });

  it('has a priority on the lines of a wrong command line, and of the check before the start', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:9' });
    const wrong = startCvmqtt(atEnd, ['run', rig.home, '--nonsense'], {}, asService);
    expect(await wrong.exited).to.include({ code: 2 });
    expect(wrong.output().stderr).to.match(/^<3>cvmqtt run: .*nonsense.*\n(<3>.+\n)+$/);
    await writeFile(layout(rig.home).settings, '{"nonsense":1}');
    const toStdout = ['sh', '-c', 'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/1) exec "$@"', 'sh'];
    const check = startCvmqtt(atEnd, ['check', rig.home, '--offline'], {}, toStdout);
    expect(await check.exited).to.include({ code: 78 });
    expect(check.output().stdout)
      .to.match(/^<3>error .*nonsense.*\n<3> +→/m)
      .and.match(/^<4>warning/m)
      .and.match(/^(<[346]>.*\n)+\d errors?, .*\n$/);
  });

  itWithMosquitto(
    'has a line when a message waits for its app, and one when the app has registered',
    async () => {
      const broker = await startMosquitto(atEnd);
      const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['lockers'] });
      const daemon = await rig.connected();
      await (await startServer(atEnd, broker.url)).send(username, { function: 'locker-open' });
      const held = await daemon.logged('held');
      expect(held).to.include({ level: 'info', name: 'locker-open', wait_ms: 30_000, nearest: 'lockers' });
      await rig.cvmain.register('locker');
      await rig.accepted.first('the notification');
      const released = await daemon.logged('released');
      expect(released).to.include({ level: 'info', name: 'locker-open', messages: 1, key: held['key'] });
    },
  );

  itWithMosquitto('names a message by the same key as its dead letter and a capture', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url });
    const daemon = await rig.connected();
    const file = join(await temporaryDirectory(atEnd), 'capture.ndjson');
    const capture = startCvmqtt(atEnd, ['capture', rig.home, '-o', file, '--count', '1']);
    await capture.stderr.first('subscription', (line) => line.startsWith('subscribed'));
    await (await startServer(atEnd, broker.url)).publish(`s2u/${username}/command`, 'nonsense');
    const { key } = await daemon.logged('settled');
    expect(await capture.exited).to.include({ code: 0 });
    expect(key).to.match(/^[0-9a-f]{12}$/);
    expect((await deadLetters(rig.home)).map((letter) => letter.key)).to.deep.equal([key]);
    const lines = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter((line) => 'topic' in line).map((line) => line.key)).to.deep.equal([key]);
  });
});
