import { dirname, relative, sep } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from './support/at-end.js';
import { cvmqtt, startCvmqtt, startDaemon } from './support/daemon.js';
import { developmentPackages, loadedFiles, packageOf } from './support/loaded-files.js';
import { username } from './support/login.js';
import { startMosquitto } from './support/mosquitto.js';
import { itWithMosquitto } from './support/programs.js';
import { startRig } from './support/rig.js';
import { startServer } from './support/server.js';

/** MQTT.js's `debug` takes this one where it happens to be installed, and does without it where it is not. */
const optional: ReadonlySet<string> = new Set(['node_modules/supports-color', 'node_modules/has-flag']);

/** The folders of the project that these files are in. */
const foldersOf = (files: readonly string[]): ReadonlySet<string | undefined> =>
  new Set(
    files
      .filter((file) => packageOf(file) === undefined)
      .map((file) => relative(dirname(dirname(cvmqtt)), file).split(sep)[0]),
  );

const packagesOf = (files: readonly string[]): ReadonlySet<string> =>
  new Set(files.flatMap((file) => packageOf(file) ?? []));

describe('what the daemon loads', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('is nothing that only development needs, no simulator either', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const coverage = await temporaryDirectory(atEnd);
    const daemon = startDaemon(atEnd, rig.home, [], { NODE_V8_COVERAGE: coverage });
    await daemon.logged('subscribed');
    const server = await startServer(atEnd, broker.url);
    for (const name of ['int1-open', 'nodash']) await server.send(username, { function: name });
    await rig.received.filled('notification', 1);
    expect(await daemon.stop()).to.include({ code: 0 });

    const files = await loadedFiles(coverage);
    const development = await developmentPackages();
    expect(foldersOf(files)).to.deep.equal(new Set(['bin', 'streams', 'lib']));
    expect(packagesOf(files)).to.include('node_modules/mqtt').and.to.include('node_modules/protobufjs');
    const wrong = [...packagesOf(files)].filter((name) => development.has(name) && !optional.has(name));
    expect(wrong).to.deep.equal([]);
  });

  it('would be found out: sim loads both', async () => {
    const coverage = await temporaryDirectory(atEnd);
    // It ends by itself, as the port is taken.
    const { home, cvmain } = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1883' });
    const args = ['sim', 'broker', home, '--broker-port', `${cvmain.port}`];
    expect(await startCvmqtt(atEnd, args, { NODE_V8_COVERAGE: coverage }).exited).to.include({ code: 78 });
    const files = await loadedFiles(coverage);
    const development = await developmentPackages();
    expect(foldersOf(files)).to.include('sim');
    expect([...packagesOf(files)].filter((name) => development.has(name))).to.include('node_modules/aedes');
  });
});
