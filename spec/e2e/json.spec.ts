import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt, startDaemon } from '../rig/daemon.js';
import { startDev } from '../rig/dev.js';
import { documentedLines } from '../rig/json-fields.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

describe('--json is as docs/json.md says, of', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('status, report, tap, replay, check, explain and dead-letters', async () => {
    const broker = await startMosquitto(atEnd);
    const settings = { hold_unregistered_ms: 100 };
    const { home } = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
    const runtime = await temporaryDirectory(atEnd);
    const env = { RUNTIME_DIRECTORY: runtime };
    const daemon = startDaemon(atEnd, home, ['--log-level', 'debug'], env);
    await daemon.logged('subscribed');
    const tap = startCvmqtt(atEnd, ['tap', home, '--json']);
    await tap.stderr.first('subscription', (line) => line.startsWith('subscribed'));
    const server = await startServer(atEnd, broker.url);
    for (const name of ['int1-open', 'nodash', 'vg:x-open', 'int2-open'])
      await server.send(username, { function: name, body: '\u001b\u0000"' });
    await daemon.logged('settled', 4);
    await tap.stdout.filled('decisions', 4);
    expect(documentedLines('tap', tap.output().stdout)).to.have.length(4);

    const run = async (...args: readonly string[]): Promise<string> => {
      const child = startCvmqtt(atEnd, [...args, '--json'], env);
      await child.exited;
      return child.output().stdout;
    };
    expect(documentedLines('status', await run('status', home))).to.have.length(1);
    expect(documentedLines('report', await run('report', home))).to.have.length(4);
    const [recorder = ''] = (await readdir(runtime)).filter((name) => name.startsWith('recorder'));
    expect(documentedLines('replay', await run('replay', join(runtime, recorder)))).to.have.length(4);
    expect(documentedLines('check', await run('check', home))).to.have.length.above(5);
    for (const name of ['int1-open', 'int2-open', 'nodash'])
      expect(documentedLines('explain', await run('explain', name, '--config-dir', home))).to.have.length(1);
    const letters = documentedLines('dead-letters list', await run('dead-letters', 'list', home));
    expect(letters).to.have.length(3);
    for (const letter of letters) {
      const { id }: { id: string } = JSON.parse(letter);
      const shown = await run('dead-letters', 'show', home, id);
      expect(documentedLines('dead-letters show', shown)).to.have.length(1);
    }
    await daemon.stop();
    expect(JSON.parse(await run('status', home))).to.have.keys('running', 'detail');
  });

  it('dev, listen, send and integrations', async () => {
    const dev = await startDev(atEnd);
    const app = await dev.listen('myapp');
    const sent = [
      await dev.send('myapp-hello', '{"a":1}', '--json'),
      await dev.send('nodash', '--json'),
      await dev.send('vg:x-y', '--json'),
    ];
    expect(sent.flatMap(({ stdout }) => documentedLines('dev', stdout))).to.have.length.above(5);
    await app.stdout.first('the notification');
    expect(documentedLines('listen', app.output().stdout)).to.have.length(1);
    const { stdout } = await dev.integrations('list', '--json');
    expect(documentedLines('integrations', stdout)).to.have.length(1);
    await dev.end('SIGINT');
    expect(documentedLines('dev', dev.output().stdout)).to.have.length.above(10);
  });
});
