import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { refused } from '../../sim/answer.js';
import type { Intercept } from '../../sim/cvmain-service.js';
import { endingAfterTest } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { cvmqtt, startDaemon } from '../rig/daemon.js';
import { unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

/** Places where a secret does not belong. That no output has one is checked by the rig for every test. */
describe('a secret in an unusual place gets into no output', () => {
  const atEnd = endingAfterTest();

  const answers: Readonly<Record<string, Intercept>> = {
    refusal: async () => refused('failed', `no login with ${unitToken}`),
    status: async () => ({ code: status.PERMISSION_DENIED, details: `${unitToken} has expired` }),
  };
  for (const grpc_client of ['http2', 'grpc-js'])
    for (const [kind, intercept] of Object.entries(answers))
      itWithMosquitto(`the token in a ${kind} of cvmain, by ${grpc_client}`, async () => {
        const broker = await startMosquitto(atEnd);
        const settings = { grpc_client };
        const rig = await startRig(atEnd, {
          brokerUrl: broker.url,
          integrations: ['int1'],
          settings,
          intercept,
        });
        const daemon = await rig.connected('--log-level', 'debug');
        const server = await startServer(atEnd, broker.url);
        await server.send(username, { function: 'int1-open' });
        expect((await daemon.logged('settled')).message).to.contain('(a token)');
        await daemon.stop();
        const letters = await readFile(join(layout(rig.home).state, 'dead-letters.ndjson'), 'utf8');
        expect(letters).to.contain('(a token)');
      });

  const commands: readonly (readonly string[])[] = [
    ['check', '--offline'],
    ['explain', 'int1-open', '--config-dir'],
    ['dead-letters', 'list'],
  ];

  it('a login in the address of the broker', async () => {
    const { home } = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:9' });
    const login = { server_uri: `mqtt://${username}:hush-hush@127.0.0.1:9`, username, password: unitToken };
    await writeFile(layout(home).credentials, JSON.stringify(login));
    const daemon = startDaemon(atEnd, home, ['--log-level', 'debug']);
    await daemon.logged('file-broken');
    await daemon.stop();
    const outputs = commands.map((args) => runToEnd(process.execPath, [cvmqtt, ...args, home]));
    for (const { stdout, stderr } of [daemon.output(), ...outputs])
      expect(`${stdout}${stderr}`).to.contain('holds a login').and.not.contain('hush');
  });
});
