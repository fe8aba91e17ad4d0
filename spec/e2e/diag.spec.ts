import { appendFile, copyFile, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { messageLine } from '../../lib/storage/spool/spool-record.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { makeCertificates } from '../rig/certificates.js';
import { runToEnd } from '../rig/child.js';
import { diag, nowhere, runDiag } from '../rig/diag.js';
import { documented, shown } from '../rig/documented.js';
import { lineOf, putLetters } from '../rig/letters.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWith, itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { publishOf } from '../support/shorthand.js';

const payload = 'open the third door';

describe('cvmqtt diag', () => {
  const atEnd = endingAfterTest();

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
    const { code, archive, stdout, parts } = await diag(atEnd, rig.home);
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
    const { code, parts, stderr } = await diag(atEnd, home);
    expect(code).to.equal(0);
    for (const file of ['dead-letters.ndjson', 'spool.ndjson'])
      expect(parts.get(file)).to.contain('int1-open').and.contain(`"payload_bytes":${payload.length}`);
    expect([...parts.values()].join()).to.not.contain('third door');
    expect(stderr).to.contain('missing: dead-letters.ndjson: 1 broken line left out\n');
    expect(parts.get('contents.txt')).to.contain('missing: 1 broken line left out\n');
    const { parts: full } = await diag(atEnd, home, ['--with-payloads']);
    for (const file of ['dead-letters.ndjson', 'spool.ndjson']) expect(full.get(file)).to.contain(payload);
  });

  itWithMosquitto('has the flight recorder, which replay reads if the payloads are in it', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { ...nowhere, brokerUrl: broker.url });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'nodash', body: payload });
    await daemon.logged('settled');
    await daemon.stop();
    const { parts } = await diag(atEnd, rig.home);
    expect(parts.get('recorder.ndjson'))
      .to.contain('"end":"malformed-name"')
      .and.contain('"payloadlen":')
      .and.not.contain('third door');
    const { parts: full } = await diag(atEnd, rig.home, ['--with-payloads']);
    const file = join(await temporaryDirectory(atEnd), 'recorder.ndjson');
    await writeFile(file, full.get('recorder.ndjson') ?? '');
    expect(await readFile(file, 'utf8')).to.contain('third door');
    const replayed = runToEnd(process.execPath, ['dist/bin/cvmqtt.js', 'replay', file, '--quiet']);
    expect(replayed.stderr).to.contain('1 message: 0 notified, 1 malformed-name\n');
  });

  it('says what can not be read, on stderr and inside, and leaves out nothing else', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const { cvmain, credentials, integrations, state } = layout(home);
    await writeFile(cvmain, '{');
    await writeFile(credentials, '\0\0\0');
    await rename(integrations, `${integrations}.gone`);
    await mkdir(join(state, 'dead-letters.ndjson'), { recursive: true });
    const { code, stderr, parts } = await diag(atEnd, home);
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
    // Each character takes three bytes as it is stored, and six once it is escaped.
    const letter = `${lineOf({ name: `int1-${'\u202e'.repeat(800)}` })}\n`;
    await appendFile(join(layout(home).state, 'dead-letters.ndjson'), letter.repeat(1_500));
    const { stderr, parts } = await diag(atEnd, home);
    expect(Buffer.byteLength(parts.get('dead-letters.ndjson') ?? '')).to.be.within(4_180_000, 4_194_304);
    expect(stderr).to.match(/dead-letters\.ndjson: \d+ older lines left out/);
  });

  it('replaces no file, and leaves nothing where it can not write', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const directory = await temporaryDirectory(atEnd);
    const file = join(directory, 'mine');
    await writeFile(file, 'mine');
    const attempt = (output: string) => runDiag(atEnd, directory, [home, '-o', output]);
    expect(await attempt(file)).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: `cvmqtt diag: ${file}: exists already; give another name\n`,
    });
    expect(await readFile(file, 'utf8')).to.equal('mine');
    expect((await attempt(join(directory, 'none', 'a'))).code).to.equal(1);
    expect(await readdir(directory)).to.deep.equal(['mine']);
  });

  it('says that there is no such directory', async () => {
    const directory = await temporaryDirectory(atEnd);
    const { code, stdout, stderr } = await runDiag(atEnd, directory, ['none']);
    expect({ code, stdout }).to.deep.equal({ code: 78, stdout: '' });
    expect(stderr).to.match(/is not a readable directory/);
  });

  it('is named after the host and the time, in the current directory', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const cwd = await temporaryDirectory(atEnd);
    expect((await runDiag(atEnd, cwd, [home])).code).to.equal(0);
    const names = await readdir(cwd);
    expect(names).to.have.length(1);
    expect(names[0]).to.match(/^cvmqtt-diag-[\w.-]+-\d{8}T\d{6}Z\.tar\.gz$/);
  });

  itWith('openssl')('says whose certificates there are', async () => {
    const { ca } = await makeCertificates(atEnd, 'IP:127.0.0.1');
    const { home } = await startRig(atEnd, nowhere);
    await copyFile(ca, layout(home).ca);
    const { parts } = await diag(atEnd, home);
    expect(parts.get('config/mq/ca.pem.txt')).to.match(
      /^subject CN=.*\n {2}issuer CN=.*\n {2}valid from .* to /,
    );
  });

  it('says what the documentation shows', async () => {
    const { home } = await startRig(atEnd, nowhere);
    const cwd = await temporaryDirectory(atEnd);
    const [example] = documented('diag.md');
    const args = (example?.args ?? []).slice(1).map((arg) => (arg === 'my-unit' ? home : arg));
    const { stdout, stderr } = await runDiag(atEnd, cwd, args);
    const sizeless = (text: string): string => text.replace(/[\d.]+ KiB/, 'some KiB');
    expect(sizeless(`${stderr}${stdout}`)).to.match(shown(sizeless(example?.output ?? '')));
  });
});
