import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { type AtEnd, endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { cvmqtt, startCvmqtt } from '../rig/daemon.js';
import { freePort, freePorts } from '../rig/free-port.js';

const hook = fileURLToPath(new URL('../rig/no-linux.mjs', import.meta.url));
const env = { NODE_OPTIONS: `--import ${pathToFileURL(hook)}` };
const day = new URL('../../samples/day/', import.meta.url);

/** A path as on Windows; here it is the name of a file. */
const windows = String.raw`C:\Users\me\unit`;

describe('without what only Linux has (docs/developers.md#other-systems)', () => {
  const atEnd = endingAfterTest();

  const run = (cwd: string, args: readonly string[], input?: string) =>
    runToEnd(process.execPath, [cvmqtt, ...args], { cwd, env: { ...process.env, ...env }, input });

  /** A folder with these files, whose lines end as on Windows. */
  const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const folder = await temporaryDirectory(atEnd);
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder, name), content.replaceAll('\n', '\r\n'));
    return folder;
  };

  it('is what the hook takes away', () => {
    const code = `
      const fs = require('node:fs');
      const fails = (f) => { try { f(); return false; } catch { return true; } };
      console.log(process.platform, process.geteuid, fails(() => fs.readFileSync('/proc/self/stat')),
        fs.existsSync('/dev/shm'), fails(() => fs.watch('.')), fails(() => fs.openSync('.')));`;
    const { stdout } = runToEnd(process.execPath, ['-e', code], { env: { ...process.env, ...env } });
    expect(stdout).to.equal('win32 undefined true false true true\n');
  });

  it('dev, listen, send and integrations work', async () => {
    const home = join(await temporaryDirectory(atEnd), windows);
    const base = await freePorts(3);
    const start = (at: AtEnd, ...args: readonly string[]) => startCvmqtt(at, args, env);
    const dev = start(atEnd, 'dev', home, '--json', '--port-base', `${base}`);
    await dev.stdout.first('that it is subscribed', (line) => line.includes('"subscribed to '));
    const app = start(atEnd, 'listen', '--register', 'myapp', '--home', home, '--json');
    await app.stderr.first('that it is registered', (line) => line.startsWith('registered'));
    const added = start(
      atEnd,
      'integrations',
      'add',
      'other',
      '--port',
      `${await freePort()}`,
      '--home',
      home,
    );
    expect((await added.exited).code).to.equal(0);
    const listed = start(atEnd, 'integrations', 'list', '--home', home);
    await listed.exited;
    expect(listed.output().stdout).to.contain('other').and.contain('myapp');
    const orders = join(
      await folderWith({ orders: '{"function":"myapp-one"}\n{"function":"myapp-two"}\n' }),
      'orders',
    );
    for (const args of [
      ['myapp-hello', '{"a":1}'],
      ['--file', orders],
    ]) {
      const sent = start(atEnd, 'send', home, ...args);
      expect(await sent.exited, sent.output().stderr).to.include({ code: 0 });
    }
    const packets = await app.stdout.filled('the notifications', 3);
    expect(packets.map((packet) => /"type":"([^"]*)"/.exec(packet)?.[1])).to.deep.equal([
      'myapp-hello',
      'myapp-one',
      'myapp-two',
    ]);
    expect(await app.end('SIGINT')).to.deep.equal({ code: 0, signal: null });
    expect(await dev.end('SIGINT')).to.deep.equal({ code: 0, signal: null });
  });

  it('replay reads captures and settings with CRLF, and draws its report', async () => {
    const read = (name: string) => readFile(new URL(name, day), 'utf8');
    const [capture, settings] = [await read('capture.ndjson'), await read('cvmqtt.json')];
    const unix = await temporaryDirectory(atEnd);
    await writeFile(join(unix, 'capture'), capture);
    await writeFile(join(unix, 'settings'), settings);
    const expected = run(unix, ['replay', 'capture', '--settings', 'settings']);
    const [recording, rules] = [`${windows}\\day.ndjson`, `${windows}\\cvmqtt.json`];
    const folder = await folderWith({ [recording]: capture, [rules]: settings });
    expect(run(folder, ['replay', recording, '--settings', rules])).to.deep.equal(expected);
    for (const report of ['day.html', 'day.svg'].map((name) => `${windows}\\${name}`)) {
      expect(run(folder, ['replay', recording, '--quiet', '--report', report]).code).to.equal(0);
      expect(await readFile(join(folder, report), 'utf8')).to.contain('lockers');
    }
  });

  it('test runs, watches and writes tests with CRLF', async () => {
    const test = 'test t\n  registered int1\n  publish   a\n  notified  a\n  a = int1-x\n';
    const capture = await readFile(new URL('capture.ndjson', day), 'utf8');
    const [rules, recording] = [`${windows}\\rules.test`, `${windows}\\day.ndjson`];
    const folder = await folderWith({ [rules]: test, [recording]: capture });
    expect(run(folder, ['test', rules])).to.include({ code: 0, stderr: '' });
    const incident = `${windows}\\incident.test`;
    expect(run(folder, ['test', '--from-capture', recording, '-o', incident]).code).to.equal(0);
    expect(run(folder, ['test', incident]).code).to.equal(0);
    const watching = startCvmqtt(atEnd, ['test', join(folder, rules), '--watch'], env);
    const ran = (nth: number) => watching.stdout.first('a run', (line) => /^\d+ tests?:/.test(line), { nth });
    await ran(1);
    await writeFile(join(folder, rules), `${test}${test}`);
    expect(await ran(2)).to.equal('2 tests: 2 ok, 0 not ok');
    expect((await watching.end('SIGINT')).code).to.equal(0);
  });

  it('explain reads a configuration directory with CRLF', async () => {
    const folder = await folderWith({});
    await mkdir(join(folder, windows, 'mq'), { recursive: true });
    const write = (name: string, text: string) => writeFile(join(folder, windows, name), text);
    await write('config.json', '{\r\n  // a comment\r\n  "mq": {"external_integrations": true}\r\n}\r\n');
    await write('mq/cvmqtt.json', '{\r\n  "hold_unregistered_ms": 2000\r\n}\r\n');
    await write(
      'mq/integrations.json',
      '[\r\n{"name":"int1","integration":{"host":"127.0.0.1","port":6001}}\r\n]',
    );
    const explained = run(folder, ['explain', 'int1-open', '--config-dir', windows]);
    expect(explained, explained.stderr).to.include({ code: 0 });
    expect(explained.stdout).to.contain('127.0.0.1:6001');
    const refused = run(folder, ['explain', 'nobody-open', '--config-dir', windows]);
    expect(refused.stdout).to.contain('2000 ms');
  });
});
