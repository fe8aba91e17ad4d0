import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { messageLine } from '../../lib/storage/spool/spool-record.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { makeCertificates } from '../rig/certificates.js';
import { runToEnd } from '../rig/child.js';
import { cvmqtt, startCvmqtt } from '../rig/daemon.js';
import { documented, shown } from '../rig/documented.js';
import { lineOf, putLetters } from '../rig/letters.js';
import { renewedUnitToken, unitToken } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWith, itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { secretsIn } from '../rig/secrets.js';
import { publishOf } from '../support/shorthand.js';

const nowhere = { brokerUrl: 'mqtt://127.0.0.1:9', integrations: ['int1'] };
const payload = 'open the third door';

describe('cvmqtt diag', () => {
  const atEnd = endingAfterTest();

  /** Makes an archive, and reads each part of it. Both must have no secret, like all that tests write. */
  async function diag(home: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    const directory = await temporaryDirectory(atEnd);
    const archive = join(directory, 'a.tar.gz');
    const child = startCvmqtt(atEnd, ['diag', home, '-o', archive, ...args], { STATE_DIRECTORY: '', ...env });
    const { code } = await child.exited;
    runToEnd('tar', ['xzf', archive, '-C', directory]);
    const parts = async (): Promise<ReadonlyMap<string, string>> => {
      const root = join(directory, 'cvmqtt-diag');
      const names = await readdir(root, { recursive: true, withFileTypes: true });
      const files = names
        .filter((each) => each.isFile())
        .map(({ parentPath, name }) => join(parentPath, name));
      const read = files.map(
        async (file) => [file.slice(root.length + 1), await readFile(file, 'utf8')] as const,
      );
      return new Map(await Promise.all(read));
    };
    const tar = gunzipSync(await readFile(archive));
    return { code, ...child.output(), archive, tar, parts: await parts() };
  }

  /** A home with dead letters and a spool. */
  async function homeWithMessages() {
    const { home } = await startRig(atEnd, nowhere);
    const message = publishOf(1, { name: 'int1-open', text: payload });
    await putLetters(home, [lineOf({ name: 'int1-open', text: payload }), '{"torn']);
    const line = messageLine(1, {
      integration: 'int1',
      publish: message,
      receipt: { boot: 'b', uptimeMs: 1 },
    });
    await writeFile(join(layout(home).state, 'spool.ndjson'), line);
    return home;
  }

  itWithMosquitto('has all parts of a unit whose daemon runs', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { ...nowhere, brokerUrl: broker.url, settings: { keepalive_s: 50 } });
    const stateDirectory = await temporaryDirectory(atEnd);
    await rig.connected('--state-dir', stateDirectory);
    const { code, archive, stdout, parts } = await diag(rig.home);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^\S+: \d+(\.\d+)? KiB, without payloads\n$/);
    expect((await stat(archive)).mode & 0o777).to.equal(0o600);
    const page = await readFile('docs/diag.md', 'utf8');
    const listed = [...page.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names = '']) =>
      names.split(', ').map((name) => name.replaceAll('`', '')),
    );
    expect([...parts.keys()]).to.have.members(listed);
    expect(parts.get('versions.txt')).to.match(/^cvmqtt \d/);
    expect(parts.get('config/mq/cvmqtt.json')).to.contain('"keepalive_s": 50');
    expect(parts.get('config/mq/mq.json'))
      .to.contain('"password": "[removed]"')
      .and.contain(`${broker.port}`);
    expect(parts.get('config/mq/integrations.json')).to.contain('int1');
    expect(parts.get('check.txt')).to.match(/^ok {6}broker: .* accepts the login/m);
    expect(parts.get('status.txt')).to.match(/^ {2}state {4}/m);
    expect(parts.get('files.txt')).to.contain(`${stateDirectory}:`).and.contain('spool.ndjson');
    expect(parts.get('system.txt')).to.match(/^interface {3}lo: 127\.0\.0\.1/m);
  });

  it('has messages without payloads, or with them where it is asked for', async () => {
    const home = await homeWithMessages();
    const { code, parts, stderr } = await diag(home);
    expect(code).to.equal(0);
    for (const file of ['dead-letters.ndjson', 'spool.ndjson'])
      expect(parts.get(file)).to.contain('int1-open').and.contain(`"payload_bytes":${payload.length}`);
    expect([...parts.values()].join()).to.not.contain('third door');
    expect(stderr).to.contain('missing: dead-letters.ndjson: 1 broken line left out\n');
    expect(parts.get('contents.txt')).to.contain('missing: 1 broken line left out\n');
    const { parts: full } = await diag(home, ['--with-payloads']);
    for (const file of ['dead-letters.ndjson', 'spool.ndjson']) expect(full.get(file)).to.contain(payload);
  });

  it('says what can not be read, on stderr and inside, and leaves out nothing else', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const { cvmain, credentials, integrations, state } = layout(home);
    await writeFile(cvmain, '{');
    await writeFile(credentials, '\0\0\0');
    await rename(integrations, `${integrations}.gone`);
    await mkdir(join(state, 'dead-letters.ndjson'), { recursive: true });
    const { code, stderr, parts } = await diag(home);
    expect(code).to.equal(0);
    const missing = {
      'config/config.json': 'is not JSON, line 1: it is empty or cut off',
      'config/mq/mq.json': 'is not JSON, line 1: it is empty or cut off',
      'config/mq/integrations.json': 'does not exist',
      'status.txt': 'no daemon runs here that has a status',
      'dead-letters.ndjson': "can't be read (is not a file)",
    };
    for (const [file, why] of Object.entries(missing)) {
      expect(stderr)
        .to.match(new RegExp(`^cvmqtt diag: missing: ${file}: .*`, 'm'))
        .and.contain(why);
      expect(parts.get(file))
        .to.match(/^missing: /)
        .and.contain(why);
      expect(parts.get('contents.txt')).to.contain(why);
    }
    expect(parts.get('check.txt')).to.contain('config.json');
  });

  it('keeps the newest lines of a part that is too large', async () => {
    const home = await homeWithMessages();
    const letter = `${lineOf({ name: `int1-${'x'.repeat(800)}` })}\n`;
    await appendFile(join(layout(home).state, 'dead-letters.ndjson'), letter.repeat(6_000));
    const { stderr, parts } = await diag(home);
    expect(parts.get('dead-letters.ndjson')?.length).to.be.within(4_190_000, 4_194_304);
    expect(stderr).to.match(/dead-letters\.ndjson: \d+ older lines left out/);
  });

  it('replaces no file, and leaves nothing where it can not write', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const directory = await temporaryDirectory(atEnd);
    const file = join(directory, 'mine');
    await writeFile(file, 'mine');
    const attempt = (output: string) => runToEnd(process.execPath, [cvmqtt, 'diag', home, '-o', output]);
    expect(attempt(file)).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: `cvmqtt diag: ${file}: exists already; give another name\n`,
    });
    expect(await readFile(file, 'utf8')).to.equal('mine');
    expect(attempt(join(directory, 'none', 'a')).code).to.equal(1);
    expect(await readdir(directory)).to.deep.equal(['mine']);
  });

  it('says that there is no such directory', async () => {
    const directory = await temporaryDirectory(atEnd);
    const { code, stdout, stderr } = runToEnd(process.execPath, [cvmqtt, 'diag', join(directory, 'none')]);
    expect({ code, stdout }).to.deep.equal({ code: 78, stdout: '' });
    expect(stderr).to.match(/is not a readable directory/);
  });

  it('is named after the host and the time, in the current directory', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const cwd = await temporaryDirectory(atEnd);
    expect(runToEnd(process.execPath, [cvmqtt, 'diag', home], { cwd }).code).to.equal(0);
    const names = await readdir(cwd);
    expect(names).to.have.length(1);
    expect(names[0]).to.match(/^cvmqtt-diag-[\w.-]+-\d{8}T\d{6}Z\.tar\.gz$/);
  });

  itWith('openssl')('says whose certificates there are', async () => {
    const { ca } = await makeCertificates(atEnd, 'IP:127.0.0.1');
    const { home } = await startRig(atEnd, nowhere);
    await copyFile(ca, layout(home).ca);
    const { parts } = await diag(home);
    expect(parts.get('config/mq/ca.pem.txt')).to.match(
      /^subject CN=.*\n {2}issuer CN=.*\n {2}valid from .* to /,
    );
  });

  it('says what the documentation shows', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const cwd = await temporaryDirectory(atEnd);
    const [example] = documented('diag.md');
    const args = (example?.args ?? []).map((arg) => (arg === 'my-unit' ? home : arg));
    const { stdout, stderr } = runToEnd(process.execPath, [cvmqtt, ...args], { cwd });
    const sizeless = (text: string): string => text.replace(/[\d.]+ KiB/, 'some KiB');
    expect(sizeless(`${stderr}${stdout}`)).to.match(shown(sizeless(example?.output ?? '')));
  });

  describe('has no secret', () => {
    // Not a token: what the tests themselves write is searched for those.
    const password = 'correct/horse battery-staple';
    const login = (server_uri = 'tcp://127.0.0.1:9'): string =>
      JSON.stringify({ server_uri, username: 'cv12345', password }, null, 2);

    /** The archive, and what the command printed, with payloads. */
    const output = async (home: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
      const { tar, stdout, stderr } = await diag(home, ['--with-payloads'], env);
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
      await writeFile(
        join(state, 'spool.ndjson'),
        messageLine(1, { integration: password, publish, receipt }),
      );
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
      const { parts } = await diag(home, [], env);
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
});
