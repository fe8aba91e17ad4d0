import { cp, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startChild } from '../rig/child.js';
import { cvmqtt } from '../rig/daemon.js';
import { loadedFiles } from '../rig/loaded-files.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

describe('"grpc_client": "grpc-js"', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('delivers, and loads one more file, without installed packages', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['int1'],
      settings: { grpc_client: 'grpc-js' },
    });
    const dist = await realpath(await temporaryDirectory(atEnd));
    await cp(dirname(dirname(cvmqtt)), dist, { recursive: true });
    const coverage = await temporaryDirectory(atEnd);
    const daemon = startChild(atEnd, process.execPath, [join(dist, 'bin', 'cvmqtt.js'), 'run', rig.home], {
      NODE_V8_COVERAGE: coverage,
      GRPC_TRACE: 'all',
      GRPC_VERBOSITY: 'debug',
    });
    await daemon.stderr.first('subscription', (line) => line.includes('"subscribed"'));
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open', body: 'hello' });
    expect(valueIn(await rig.received.first('the message'), 'body')).to.equal('hello');
    expect(await daemon.end('SIGTERM')).to.include({ code: 0 });
    const loaded = (await loadedFiles(coverage)).map((file) => relative(dist, file));
    expect(loaded).to.have.members([join('bin', 'cvmqtt.js'), join('lib', 'cvmain', 'grpc-js', 'calls.mjs')]);
    const notLog = daemon.stderr.entries.filter((line) => !line.startsWith('{'));
    expect(notLog, 'lines that grpc-js wrote').to.deep.equal([]);
  });

  itWithMosquitto('can be chosen and unchosen while the daemon runs', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    const bodies: string[] = [];
    for (const [at, library] of ['http2', 'grpc-js', 'http2'].entries()) {
      if (at > 0) {
        await writeFile(layout(rig.home).settings, JSON.stringify({ grpc_client: library }));
        daemon.signal('SIGHUP');
        await daemon.logged('subscribed', at + 1);
      }
      bodies.push(`${at} by ${library}`);
      await server.send(username, { function: 'int1-open', body: `${at} by ${library}` });
      await rig.received.filled('the message', at + 1);
    }
    expect(rig.received.entries.map((each) => valueIn(each, 'body'))).to.deep.equal(bodies);
    expect(await daemon.stop()).to.include({ code: 0 });
  });
});
