import { cp } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type AtEnd, endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { type Child, startChild } from '../rig/child.js';
import { cvmqtt, startCvmqtt, startDaemon } from '../rig/daemon.js';
import { loadedFiles } from '../rig/loaded-files.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const dist = dirname(dirname(cvmqtt));

describe('the published package', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('the daemon loads one file, from its start to its end', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const coverage = await temporaryDirectory(atEnd);
    const daemon = startDaemon(atEnd, rig.home, [], { NODE_V8_COVERAGE: coverage });
    await daemon.logged('subscribed');
    const server = await startServer(atEnd, broker.url);
    for (const name of ['int1-open', 'nodash']) await server.send(username, { function: name });
    await rig.received.filled('notification', 1);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(await loadedFiles(coverage)).to.deep.equal([cvmqtt]);
  });

  it('more would be noticed: sim loads the broker', async () => {
    const coverage = await temporaryDirectory(atEnd);
    // It ends by itself, as the port is taken.
    const { home, cvmain } = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1883' });
    const args = ['sim', 'broker', home, '--broker-port', `${cvmain.port}`];
    expect(await startCvmqtt(atEnd, args, { NODE_V8_COVERAGE: coverage }).exited).to.include({ code: 78 });
    const files = await loadedFiles(coverage);
    expect(files.map((file) => relative(dist, file))).to.include(join('bin', 'sim.mjs'));
  });

  describe('without installed packages', () => {
    const sample = fileURLToPath(new URL('../../samples/day/capture.ndjson', import.meta.url));

    /** A command of a copy of what is published, far from any `node_modules`. */
    const startCopy = async (at: AtEnd, args: readonly string[]): Promise<Child> => {
      const directory = await temporaryDirectory(at);
      await cp(dist, directory, { recursive: true });
      return startChild(at, process.execPath, [join(directory, 'bin', 'cvmqtt.js'), ...args]);
    };

    for (const args of [
      ['run', '--help'],
      ['explain', 'int1-open'],
      ['replay', sample, '--quiet'],
      ['demo', '--once'],
      ['sim', '--help'],
    ]) {
      it(`works: cvmqtt ${args.map((each) => (each === sample ? 'FILE' : each)).join(' ')}`, async () => {
        expect((await (await startCopy(atEnd, args)).exited).code).to.equal(0);
      });
    }

    it('draws a report', async () => {
      const file = join(await temporaryDirectory(atEnd), 'report.html');
      const child = await startCopy(atEnd, ['replay', sample, '--quiet', '--report', file]);
      expect((await child.exited).code).to.equal(0);
    });
  });
});
