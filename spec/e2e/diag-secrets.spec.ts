import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { messageLine } from '../../lib/storage/spool/spool-record.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { diag, nowhere } from '../rig/diag.js';
import { lineOf, putLetters } from '../rig/letters.js';
import { renewedUnitToken, unitToken } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { secretsIn } from '../rig/secrets.js';
import { publishOf } from '../support/shorthand.js';

describe('an archive of cvmqtt diag has no secret', () => {
  const atEnd = endingAfterTest();

  // Not a token: what the tests themselves write is searched for those.
  const password = 'correct/horse battery-staple';
  const login = (server_uri = 'tcp://127.0.0.1:9'): string =>
    JSON.stringify({ server_uri, username: 'cv12345', password }, null, 2);

  /** The archive, and what the command printed, with payloads. */
  const output = async (home: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const { tar, stdout, stderr } = await diag(atEnd, home, ['--with-payloads'], env);
    return `${tar}${stdout}${stderr}`;
  };
  const parts = ['correct/horse', 'battery-staple'];
  const refuse = (text: string, more: readonly string[] = []): void => {
    for (const part of [...parts, ...more]) expect(text.includes(part), part).to.equal(false);
    expect(text).to.contain('[removed]');
  };

  it('in the path of the unit, the names of files, settings, apps, messages and payloads', async () => {
    const home = join(await temporaryDirectory(atEnd), 'battery-staple');
    await mkdir(home);
    await startRig(atEnd, { ...nowhere, home });
    const { credentials, settings, integrations, state } = layout(home);
    await writeFile(credentials, login());
    await writeFile(settings, JSON.stringify({ [password]: 1, reserved_integrations: [password] }));
    await writeFile(
      integrations,
      JSON.stringify([{ name: password, integration: { host: 'battery-staple' } }]),
    );
    const text = JSON.stringify({ function: 'int1-a', body: password });
    await putLetters(home, [
      lineOf({ name: 'int1-battery-staple', text }, { detail: `cvmain refused it: ${password}` }),
      lineOf({ payload: { bytes: Buffer.from(`\xff${password}`, 'latin1') } }),
    ]);
    const publish = publishOf(1, { name: 'battery-staple', text });
    const receipt = { boot: 'battery-staple', uptimeMs: 1 };
    await writeFile(join(state, 'spool.ndjson'), messageLine(1, { integration: password, publish, receipt }));
    await writeFile(join(state, 'battery-staple'), '');
    refuse(await output(home), [Buffer.from(password).toString('base64').slice(4, 24)]);
  });

  it('in an address with a login', async () => {
    const { home } = await startRig(atEnd, nowhere);
    await writeFile(layout(home).credentials, login('mqtt://unit:hush-hush@127.0.0.1:9'));
    refuse(await output(home), ['hush-hush']);
  });

  it('in the journal, where an error quotes a part of it or another program has a token', async () => {
    const { home } = await startRig(atEnd, nowhere);
    await writeFile(layout(home).credentials, login());
    const bin = await temporaryDirectory(atEnd);
    const lines = [
      'Unexpected token, ..."t/horse batt"... is not valid JSON',
      'at mqtt://unit:hush-hush@h:1',
      'an ordinary line \\033[2J',
    ];
    const script = `#!/bin/sh\nprintf '%b\\n' ${lines.map((line) => `'${line}'`).join(' ')}\n`;
    await writeFile(join(bin, 'journalctl'), script);
    await chmod(join(bin, 'journalctl'), 0o755);
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    refuse(await output(home, env), ['/horse ba', 'hush-hush', '\x1b']);
    const { parts } = await diag(atEnd, home, [], env);
    expect(parts.get('log.txt')).to.match(/removed.*\n.*removed.*@h:1\nan ordinary line \\u001b\[2J\n$/);
  });

  it('in mq.json, wherever it is cut off', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const whole = login();
    for (const part of parts) {
      const at = whole.indexOf(part);
      await putLetters(home, [lineOf('int1-a', { detail: `said ${part}` })]);
      await writeFile(layout(home).credentials, whole.slice(0, at + part.length));
      refuse(await output(home));
      await writeFile(layout(home).credentials, whole.slice(at));
      expect((await output(home)).includes(part)).to.equal(false);
    }
  });

  itWithMosquitto("of the running daemon, whose token is the rig's", async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { ...nowhere, brokerUrl: broker.url });
    await rig.connected('--log-level', 'debug');
    const text = await output(rig.home);
    for (const token of [unitToken, renewedUnitToken])
      for (const part of token.split('.').slice(1)) expect(text).to.not.contain(part.slice(0, 12));
    expect(secretsIn(Buffer.from(text))).to.deep.equal([]);
  });
});
