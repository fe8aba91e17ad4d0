import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { startChild } from '../rig/child.js';
import { startCvmqtt } from '../rig/daemon.js';
import { freePort } from '../rig/free-port.js';
import { freshClone } from '../rig/fresh-clone.js';
import { itWith } from '../rig/programs.js';

const good = { code: 0, signal: null };

/** A line of the demo about a message: its name, its settlement, the time taken. */
const lineOf = (name: string, end: string) => new RegExp(`^ +${name} +${end} +\\d+ ms`, 'm');

describe('cvmqtt demo', () => {
  // The clone builds itself first.
  const atEnd = endingAfterTest();

  itWith('git', 'npm')('plays its script to the end on a fresh clone', async () => {
    const clone = await freshClone(atEnd);
    const demo = startChild(atEnd, 'npm', ['--prefix', clone, 'start', '--', '--once']);
    expect(await demo.exited).to.deep.equal(good);
    const { stdout } = demo.output();
    for (const [name, end] of [
      ['int1-open-door', 'notified'],
      ['vg:upgrader-check-updates', 'notified'],
      ['int2-hello', 'notified'],
      ['vg:impostor-give-me-the-keys', 'reserved-name'],
      ['.*', 'malformed-name'],
      ['.*', 'undecodable'],
      ['int1-open-door', 'unregistered'],
    ] as const) {
      expect(stdout).to.match(lineOf(name, end));
    }
    expect(
      stdout.match(/UDP → \{"type":"(int1-open-door|vg:upgrader-check-updates|int2-hello)"/g),
    ).to.have.length(3);
    expect(stdout).to.contain('7 of 7 as expected: 3 notified');
  });

  it('continues after the script, and takes messages from a second terminal until Ctrl-C', async () => {
    const demo = startCvmqtt(atEnd, ['demo']);
    const offer = await demo.stdout.first('how to send a message', (line) => / sim server /.test(line));
    const [, home = ''] = / sim server (\S+) /.exec(offer) ?? [];
    await demo.stdout.first('how to end it', (line) => line.startsWith('Ctrl-C'));
    const sender = startCvmqtt(atEnd, ['sim', 'server', home, 'int2-mine', '{"from":"me"}']);
    expect(await sender.exited).to.deep.equal(good);
    await demo.stdout.first('what the app received', (line) => line.includes('UDP → {"type":"int2-mine"'));
    expect(demo.output().stdout).to.match(lineOf('int2-mine', 'notified'));
    expect(await demo.end('SIGINT')).to.deep.equal(good);
  });

  it('uses the given ports', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const [broker, cvmain, app] = ports.map(String);
    const given = ['--broker-port', `${broker}`, '--cvmain-port', `${cvmain}`, '--app-port', `${app}`];
    const demo = startCvmqtt(atEnd, ['demo', '--once', ...given]);
    expect(await demo.exited).to.deep.equal(good);
    for (const port of ports) expect(demo.output().stdout).to.contain(`127.0.0.1:${port}`);
  });

  for (const option of ['broker-port', 'cvmain-port']) {
    it(`ends with code 78 and one line if the port of --${option} is in use`, async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      atEnd(() => taken.close());
      await once(taken, 'listening');
      const address = taken.address();
      const port = typeof address === 'object' ? `${address?.port}` : '';
      const demo = startCvmqtt(atEnd, ['demo', '--once', `--${option}`, port]);
      expect(await demo.exited).to.deep.equal({ code: 78, signal: null });
      expect(demo.output().stderr).to.equal(
        `cvmqtt demo: --${option}: port ${port} is in use; choose another, or omit the option to use a free port\n`,
      );
    });
  }

  for (const [title, args] of Object.entries({
    'a port that is none': ['--app-port', '70000'],
    'an argument': ['more'],
    'an unknown option': ['--twice'],
  })) {
    it(`ends with code 2 and shows the usage: ${title}`, async () => {
      const demo = startCvmqtt(atEnd, ['demo', ...args]);
      expect(await demo.exited).to.deep.equal({ code: 2, signal: null });
      expect(demo.output().stderr).to.match(/^cvmqtt demo: .*\nusage: cvmqtt demo/);
    });
  }
});
