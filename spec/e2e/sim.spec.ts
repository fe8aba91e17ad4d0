import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import type { Child } from '../rig/child.js';
import { startCvmqtt, startDaemon } from '../rig/daemon.js';

const good = { code: 0, signal: null };
const ended = (line: string): boolean => line === 'Ctrl-C ends it.';

describe('cvmqtt sim', () => {
  const atEnd = endingAfterTest();

  const start = async (...args: string[]): Promise<Child> => {
    const part = startCvmqtt(atEnd, ['sim', ...args]);
    await part.stdout.first(
      `${args.join(' ')} to run`,
      (line) => ended(line) || / Ctrl-C ends it$/.test(line),
    );
    return part;
  };

  /** Checks that an app in this home gets a message that the server sends through the daemon. */
  const carriesMessage = async (home: string): Promise<void> => {
    const daemon = startDaemon(atEnd, home);
    await daemon.logged('subscribed');
    const app = await start('app', home, 'myapp');
    const server = startCvmqtt(atEnd, ['sim', 'server', home, 'myapp-hello', 'there', '--timeout', '5000']);
    expect(await server.exited).to.deep.equal(good);
    expect(server.output().stdout).to.contain('{"function":"myapp-hello","body":"there","timeout":5000}');
    const received = await app.stdout.first('the notification', (line) => line.startsWith('{'));
    expect(JSON.parse(received).type).to.equal('myapp-hello');
    expect(await app.end('SIGINT')).to.deep.equal(good);
    await daemon.log.first('the end of the registration', ({ message }) => message === 'registered: none');
    expect(await daemon.stop()).to.deep.equal(good);
  };

  it('is a broker and a cvmain with a configuration directory for cvmqtt run', async () => {
    const home = `${await temporaryDirectory(atEnd)}/new`;
    const site = await start(home);
    await carriesMessage(home);
    expect(await site.end('SIGTERM')).to.deep.equal(good);
  });

  it('can start its parts alone', async () => {
    const home = await temporaryDirectory(atEnd);
    const broker = await start('broker', home);
    const cvmain = await start('cvmain', home);
    await carriesMessage(home);
    expect(await cvmain.end('SIGTERM')).to.deep.equal(good);
    expect(await broker.end('SIGTERM')).to.deep.equal(good);
  });

  it('refuses a reserved name to an app, unless an option allows it', async () => {
    const home = await temporaryDirectory(atEnd);
    const site = await start(home);
    const refused = startCvmqtt(atEnd, ['sim', 'app', home, 'vg:upgrader']);
    expect(await refused.exited).to.deep.equal({ code: 1, signal: null });
    expect(refused.output().stderr).to.match(/^cvmqtt sim: cvmain did not register "vg:upgrader": .*\n$/);
    await site.end('SIGTERM');
    await start(home, '--allow-reserved');
    const app = await start('app', home, 'vg:upgrader');
    expect(await app.end('SIGINT')).to.deep.equal(good);
  });

  it('prints commands that can be pasted, whatever the name of its home', async () => {
    const home = `${await temporaryDirectory(atEnd)}/it's my ünit`;
    const site = await start(home);
    expect(site.output().stdout).to.contain(` run '${home.replace("'", "'\\''")}'\n`);
  });

  it('reports a home that is a file', async () => {
    const part = startCvmqtt(atEnd, ['sim', 'broker', fileURLToPath(import.meta.url)]);
    expect(await part.exited).to.deep.equal({ code: 78, signal: null });
    expect(part.output().stderr).to.match(/^cvmqtt sim: .*sim\.spec\.ts.*\n$/);
  });

  it('reports a home where the file system makes no directories', async function () {
    if (!existsSync('/proc/self')) this.skip();
    for (const args of [
      ['sim', 'broker', '/proc/x'],
      ['sim', 'cvmain', '/proc/x/y'],
      ['dev', '/proc/x'],
    ]) {
      const part = startCvmqtt(atEnd, args);
      expect(await part.exited).to.deep.equal({ code: 78, signal: null });
      expect(part.output().stderr).to.match(
        /: \/proc\/x\S* can't be made a directory of a simulator \(ENOENT\)\n$/,
      );
    }
  });

  it('says which part is missing', async () => {
    const home = await temporaryDirectory(atEnd);
    for (const [args, line] of [
      [['server', home, 'a-b'], /sim\.json: does not exist; start cvmqtt sim with this directory first/],
      [['app', home, 'a'], /sim\.json: does not exist/],
      [['cvmain', home], /no broker was started with this home/],
    ] as const) {
      const part = startCvmqtt(atEnd, ['sim', ...args]);
      expect(await part.exited).to.deep.equal({ code: 78, signal: null });
      expect(part.output().stderr).to.match(line);
    }
  });
});
