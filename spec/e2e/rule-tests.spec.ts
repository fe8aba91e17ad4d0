import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { inputs, options, resultKeys } from '../../lib/rule-test/lines.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd, startChild } from '../rig/child.js';
import { cvmqtt } from '../rig/daemon.js';
import { steeringIn } from '../rig/unprintable.js';
import { jwt } from '../support/jwt.js';

const page = readFileSync(new URL('../../docs/rule-tests.md', import.meta.url), 'utf8');

/** The files in the page, by name; a file shown in parts is their sequence. */
const filesIn = (text: string): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  for (const [, name = '', part = ''] of text.matchAll(/^```text (\S+)\n(.*?)^```$/gms)) {
    files.set(name, (files.get(name) ?? '') + part);
  }
  return files;
};

/** The commands in the page, with what they print. */
const commandsIn = (text: string): readonly { readonly command: string; readonly prints: string }[] =>
  [...text.matchAll(/^```console\n\$ cvmqtt ([^\n]*)\n(.*?)^```$/gms)].map(
    ([, command = '', prints = '']) => ({ command, prints }),
  );

const day = fileURLToPath(new URL('../../samples/day/capture.ndjson', import.meta.url));

const passing = 'test t\n  registered int1\n  publish   a\n  notified  a\n  a = int1-x\n';
const failing = passing.replace('notified  a', 'notified  -a');

describe('cvmqtt test', () => {
  const atEnd = endingAfterTest();

  const run = (cwd: string, ...args: readonly string[]) => {
    const { code: status, ...output } = runToEnd(process.execPath, [cvmqtt, 'test', ...args], { cwd });
    return { status, ...output };
  };

  const directoryWith = async (
    files: Iterable<readonly [name: string, content: string]>,
  ): Promise<string> => {
    const directory = await temporaryDirectory(atEnd);
    for (const [name, content] of files) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), content);
    }
    return directory;
  };

  it('prints what docs/rule-tests.md shows, for each test there', async () => {
    const files = filesIn(page);
    const directory = await directoryWith(files);
    const commands = commandsIn(page);
    const ofFiles = commands.slice(0, -1);
    expect(ofFiles.map(({ command }) => command)).to.deep.equal(
      [...files.keys()].map((file) => `test ${file}`),
    );
    for (const { command, prints } of ofFiles) {
      const [, ...args] = command.split(' ');
      const failed = prints.includes('not ok  ');
      expect(run(directory, ...args)).to.deep.equal({ status: failed ? 1 : 0, stdout: prints, stderr: '' });
    }
    const [, ...args] = commands.at(-1)?.command.split(' ') ?? [];
    expect(run(dirname(day), ...args).stdout).to.equal(commands.at(-1)?.prints);
    expect(commands[0]?.prints).to.contain('\n5 tests: 5 ok, 0 not ok\n');
    expect(commands[1]?.prints).to.contain('the first difference is at');
  });

  it('documents each keyword', () => {
    for (const word of [...options, ...inputs, ...resultKeys])
      expect(page).to.match(new RegExp(`^\\|.*\`${word}\``, 'm'));
  });

  it('continues after a broken or missing file, and reports the line', async () => {
    const directory = await directoryWith([
      ['broken.test', passing.replace('publish', 'publsh') + passing],
      ['good.test', passing],
    ]);
    expect(run(directory, 'broken.test', 'none.test', '.', 'good.test')).to.deep.equal({
      status: 1,
      stdout: `broken.test
  broken  t
    broken.test:3: "publsh" is not a keyword of rule tests (did you mean publish?)
  ok      t

none.test
  not ok  the file is broken
    none.test: does not exist

.
  not ok  the file is broken
    .: is not a file

good.test
  ok      t

3 tests: 2 ok, 0 not ok, 1 broken, 2 broken files
`,
      stderr: '',
    });
  });

  it('writes the results as XML, whether tests pass or not', async () => {
    const directory = await directoryWith([
      ['good.test', passing],
      ['bad.test', failing],
    ]);
    const junit = () => readFile(join(directory, 'junit.xml'), 'utf8');
    expect(run(directory, 'good.test', '--junit', 'junit.xml').status).to.equal(0);
    expect(await junit()).to.contain('tests="1" failures="0" errors="0"');
    expect(run(directory, 'bad.test', '--junit', 'junit.xml').status).to.equal(1);
    expect(await junit()).to.contain(
      '<failure message="at 0s (column 1): expected nothing, found a notified">',
    );
  });

  it('runs nothing if the results can’t be written', async () => {
    const directory = await directoryWith([['good.test', passing]]);
    const { status, stderr } = run(directory, 'good.test', '--junit', 'none/junit.xml');
    expect({ status, stderr }).to.deep.equal({
      status: 1,
      stderr: 'cvmqtt test: none/junit.xml: the directory none does not exist\n',
    });
  });

  it('uses the configuration directory for what a test does not set', async () => {
    const directory = await directoryWith([
      ['config.json', '{"mq": {"msgs_via_notifier": false, "external_integrations": true}}'],
      ['mq/cvmqtt.json', '{"hold_unregistered_ms": 2000}'],
      [
        'mq/integrations.json',
        '[{"name":"int1"},{"name":"int2","integration":{"host":"127.0.0.1","port":6001}}]',
      ],
      [
        'mq/mq.json',
        JSON.stringify({ server_uri: 'mqtt://127.0.0.1', username: 'unit7', password: jwt({}) }),
      ],
      [
        'mq/rules.test',
        `test t
  publish            (abc)---
  delivery-disabled  a-------
  notified           b-------
  unregistered       --c-----
  a = int1-x
  b = topic s2u/unit7/int2-x text y
  c = int3-x\n`,
      ],
    ]);
    const { status, stdout, stderr } = run(directory, 'mq/rules.test', '--config-dir', '.');
    expect({ status, stdout, stderr }).to.deep.equal({
      status: 0,
      stdout: 'mq/rules.test\n  ok      t\n\n1 test: 1 ok, 0 not ok\n',
      stderr: '',
    });
  });

  it('ends with 78 for a wrong configuration, and with 2 for wrong usage', async () => {
    const directory = await directoryWith([
      ['config.json', '{}'],
      ['mq/cvmqtt.json', '{"hold": 1}'],
      ['good.test', passing],
    ]);
    const wrong = run(directory, 'good.test', '--config-dir', '.');
    expect(wrong).to.include({ status: 78, stdout: '' });
    expect(wrong.stderr).to.match(/^cvmqtt test: .*cvmqtt\.json: has the unknown field hold.*\n$/);
    for (const args of [
      [],
      ['--fast', 'good.test'],
      ['good.test', '--junit'],
      ['good.test', '-o', 'x'],
      ['--from-capture', day, '--watch'],
      ['--from-capture', day, '--from', 'noon'],
    ]) {
      const usage = run(directory, ...args);
      expect(usage).to.include({ status: 2, stdout: '' });
      expect(usage.stderr).to.match(/^cvmqtt test: .*\nusage: cvmqtt test/);
    }
  });

  it('writes a test from the sample day that passes, and fails with other rules', async () => {
    const directory = await directoryWith([]);
    const settings = fileURLToPath(new URL('../../samples/day/cvmqtt.json', import.meta.url));
    const other = fileURLToPath(new URL('../../samples/day/new-rules.json', import.meta.url));
    const args = ['--from-capture', day, '--settings', settings];
    const written = run(directory, ...args, '-o', 'day.test');
    expect(written).to.include({ status: 0, stdout: '' });
    expect(written.stderr).to.contain('not in the test: 1 message, as its value would be longer');
    const text = await readFile(join(directory, 'day.test'), 'utf8');
    expect(text.split('\n').length).to.be.below(60);
    expect(run(directory, ...args).stdout).to.equal(text);
    expect(run(directory, 'day.test', '--settings', settings).status).to.equal(0);
    expect(run(directory, 'day.test', '--settings', other).status).to.equal(1);
    expect(run(directory, ...args, '-o', 'day.test')).to.include({
      status: 1,
      stderr: `${written.stderr}cvmqtt test: day.test exists already: it is not overwritten\n`,
    });
    await writeFile(join(directory, 'text'), 'a/b on\na/b off\n');
    const none = run(directory, '--from-capture', 'text');
    expect(none.status).to.equal(1);
    expect(none.stderr).to.match(
      /^cvmqtt test: text: is what mosquitto_sub -v .*\ncvmqtt test: the capture has no message\n$/,
    );
    const part = run(directory, ...args, '--to', '1ms');
    expect(part).to.include({ status: 1, stderr: 'cvmqtt test: the capture has no message\n' });
  });

  it('runs again when a test or a setting changes, until Ctrl-C', async () => {
    const directory = await directoryWith([
      ['config.json', '{}'],
      [
        'good.test',
        passing
          .replace('int1\n', '\n')
          .replace('notified  a', 'unregistered -----a')
          .replace('publish   a', 'publish      a'),
      ],
    ]);
    await mkdir(join(directory, 'mq'));
    const child = startChild(atEnd, process.execPath, [
      cvmqtt,
      'test',
      join(directory, 'good.test'),
      '--config-dir',
      directory,
      '--watch',
    ]);
    const runs = async (nth: number): Promise<string> =>
      child.stdout.first('a run', (line) => /^\d+ tests?:/.test(line), { nth });
    expect(await runs(1)).to.equal('1 test: 0 ok, 1 not ok');
    await writeFile(join(directory, 'mq', 'cvmqtt.json'), '{"hold_unregistered_ms": 5000}');
    expect(await runs(2)).to.equal('1 test: 1 ok, 0 not ok');
    await writeFile(join(directory, 'good.test'), `${passing}${passing}`);
    expect(await runs(3)).to.equal('2 tests: 2 ok, 0 not ok');
    child.signal('SIGINT');
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
  });

  it('prints no control characters, whatever a file holds', async () => {
    const hostile = '\u001b[2J\u202e\u009b1m';
    const directory = await directoryWith([
      ['a\u001b[31m.test', `test ${hostile}\n  publish   a\n  a = {"function": "${hostile}-x"}\n`],
      ['b.test', `${hostile} ${hostile}\nregistered @${hostile}\ntest t\npublish   ${hostile}\n`],
    ]);
    const { status, stdout, stderr } = run(directory, 'a\u001b[31m.test', 'b.test', '--junit', hostile);
    expect(status).to.equal(1);
    expect(stdout).to.contain('\\u001b[2J');
    expect(steeringIn(stdout + stderr)).to.deep.equal([]);
  });
});
