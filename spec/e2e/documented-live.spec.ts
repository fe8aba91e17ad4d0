import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import type { Child } from '../rig/child.js';
import { startCvmqtt } from '../rig/daemon.js';
import { documented, shown } from '../rig/documented.js';

const textOf = (page: string): string => readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');

/** An output without what varies between runs, here also ports, directories, and what depends on their length. */
const normal = (output: string): string =>
  output
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d\d:\d\d:\d\d\.\d{3}\b/g, '<time>')
    .replace(/, after \d\.\d{3} s$/gm, '')
    .replace(/\/\S+\/cvmqtt-demo-\w+/g, '<home>')
    .replace(/\d+\/s, [\d.]+ (bytes|KiB), [\d.]+ m?s/g, '<progress>')
    .replace(/ +\d+ ms/g, ' <ms>');

/** Commands that run until they are stopped, and what the pages show of them. */
describe('the output in the documentation, of commands among running neighbours', () => {
  const atEnd = endingAfterTest();

  /** The words of a command line, with a directory of this test in place of the page's. */
  const wordsOf = (line: string, home: string): readonly string[] =>
    [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) =>
      (quoted ?? word ?? '').replace(/^my-unit$/, home),
    );

  const started = async (
    args: readonly string[],
    output: 'stdout' | 'stderr',
    isReady: (line: string) => boolean,
  ): Promise<Child> => {
    const child = startCvmqtt(atEnd, args);
    await child[output].first(`${args[0]} to be ready`, isReady);
    return child;
  };

  const endsWithCtrlC = (line: string): boolean =>
    line.endsWith('Ctrl-C ends it') || line === 'Ctrl-C ends it.';

  it('is what capture, replay and tap print: docs/capture.md', async () => {
    const home = await temporaryDirectory(atEnd);
    await started(['sim', home], 'stdout', endsWithCtrlC);
    await started(['sim', 'app', home, 'myapp'], 'stdout', endsWithCtrlC);
    const file = join(home, 'c.ndjson');
    const pages = documented('capture.md');
    const shownOf = (name: string): { readonly args: readonly string[]; readonly output: string } => {
      const example = pages.find(({ args: [command] }) => command === name);
      if (example === undefined) throw new Error(`no example of ${name}`);
      const args = example.args.map((each) =>
        each === 'my-unit' ? home : each === 'c.ndjson' ? file : each,
      );
      return { args, output: example.output };
    };
    const isSubscribed = (line: string): boolean => line.startsWith('subscribed');
    const [capture, tap] = await Promise.all(
      ['capture', 'tap'].map((name) => started(shownOf(name).args, 'stderr', isSubscribed)),
    );
    for (const name of ['myapp-hello', 'nodash', 'vg:upgrader-check'])
      await startCvmqtt(atEnd, ['sim', 'server', home, name, 'there']).exited;
    await tap?.stdout.filled('messages', 3);
    expect(await tap?.end('SIGINT')).to.include({ code: 0 });
    expect(await capture?.exited).to.include({ code: 0 });
    const replay = startCvmqtt(atEnd, shownOf('replay').args);
    expect(await replay.exited).to.include({ code: 0 });
    for (const [name, child] of Object.entries({ capture, tap, replay })) {
      const { stdout = '', stderr = '' } = child?.output() ?? {};
      const printed = name === 'replay' ? stdout + stderr : stderr + stdout;
      expect(normal(printed), name).to.equal(normal(shownOf(name).output));
    }
  });

  it('is what sim and run do: CONTRIBUTING.md', async () => {
    const home = await temporaryDirectory(atEnd);
    const [, block = ''] = /```console\n(\$ npm run build\n.*?)```/s.exec(textOf('CONTRIBUTING.md')) ?? [];
    const lines = [...block.matchAll(/^\$ node dist\/bin\/cvmqtt\.js (.*?) +# /gm)].map(
      ([, line = '']) => line,
    );
    const [sim = '', run = '', app = '', server = ''] = lines;
    expect(lines).to.have.length(4);
    await started(wordsOf(sim, home), 'stdout', endsWithCtrlC);
    await started(wordsOf(run, home), 'stderr', (line) => line.includes('"subscribed"'));
    const listening = await started(wordsOf(app, home), 'stdout', endsWithCtrlC);
    const sender = startCvmqtt(atEnd, wordsOf(server, home));
    expect(await sender.exited).to.include({ code: 0 });
    expect(block).to.contain(`\n${sender.output().stdout}`);
    await listening.stdout.first('the notification', (line) => line.includes('"myapp-hello"'));
  });

  it('is what the demo prints: README.md', async () => {
    const [, output = ''] = /\$ npm ci && npm start -- --once\n(.*?)```/s.exec(textOf('README.md')) ?? [];
    const demo = startCvmqtt(atEnd, ['demo', '--once']);
    expect(await demo.exited).to.include({ code: 0 });
    expect(normal(demo.output().stdout)).to.match(shown(normal(output)));
  });
});
