import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { written } from '../rig/written.js';
import { rightOf } from '../support/either.js';

const Line = t.type({ seq: t.number, end: t.string, calls: t.string });

describe('replay of an outage of cvmain', () => {
  const atEnd = endingAfterTest();

  const resultsOf = async (...args: readonly string[]) => {
    const child = startCvmqtt(atEnd, ['replay', ...args, '--json']);
    await child.exited;
    const { stdout, stderr } = child.output();
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => rightOf(decodeJsonWith(Line)(line)));
    const ends = lines.sort((one, other) => one.seq - other.seq).map(({ end }) => end);
    return { ends, calls: new Set(lines.map(({ calls }) => calls)), stderr };
  };

  itWithMosquitto('gives each message the end that it had live, at any speed', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = await rig.connected('--log-level', 'debug');
    const file = join(await temporaryDirectory(atEnd), 'capture.ndjson');
    const capture = startCvmqtt(atEnd, ['capture', rig.home, '-o', file]);
    await capture.stderr.first('subscription', (line) => line.startsWith('subscribed'));
    const server = await startServer(atEnd, broker.url);

    const send = (name: string, timeout?: number) =>
      server.send(username, { function: `int1-${name}`, ...(timeout === undefined ? {} : { timeout }) });
    await send('before');
    await daemon.logged('settled');
    await rig.cvmain.suspend();
    await written(file, '"cvmain":"away"');
    await send('expires', 1_500);
    await send('waits');
    await daemon.logged('settled', 2);
    await rig.cvmain.resume();
    await written(file, '"cvmain":"serves"', 2);
    await daemon.logged('settled', 3);
    await send('after');
    await daemon.logged('settled', 4);
    await capture.end('SIGINT');
    await daemon.stop();

    const live = ['notified', 'expired', 'notified', 'notified'];
    for (const speed of ['1x', '10x', 'max']) {
      const { ends, calls, stderr } = await resultsOf(file, '--speed', speed);
      expect(ends, speed).to.deep.equal(live);
      expect([...calls]).to.deep.equal(['recorded']);
      expect(stderr).not.to.contain('assumed');
    }

    const log = join(rig.home, 'log.ndjson');
    await writeFile(log, daemon.stderr.entries.join('\n'));
    expect((await resultsOf(file, '--outages', log)).ends).to.deep.equal(live);

    const nothing = join(rig.home, 'no-outage.ndjson');
    await writeFile(nothing, '{"offset_ms":0,"cvmain":"serves"}\n');
    expect((await resultsOf(file, '--outages', nothing)).ends).to.deep.equal(live.map(() => 'notified'));
  });

  it('says which calls of a flight recorder have another outcome', async () => {
    const file = join(await temporaryDirectory(atEnd), 'recorder.ndjson');
    const lines = [
      '{"cvmqtt_capture":1,"started_at_ms":1000,"filters":["a/#"],"payloads":"full"}',
      '{"offset_ms":0,"cvmain":"serves"}',
      '{"seq":1,"topic":"a/b-c","qos":1,"retain":false,"offset_ms":10,"payload":"x"}',
      '{"offset_ms":12,"called":{"seq":1,"to":null,"outcome":"refused","took_ms":1}}',
    ];
    await writeFile(file, lines.join('\n'));
    expect((await resultsOf(file)).stderr).to.contain('1 call that cvmain refused or failed');
    const other = join(await temporaryDirectory(atEnd), 'mosquitto.ndjson');
    await writeFile(
      other,
      '{"tst":"2026-11-23T08:00:00.000Z","topic":"a/b-c","qos":1,"retain":0,"payload":"x"}\n',
    );
    expect((await resultsOf(file, other)).stderr).to.contain('give the files of the flight recorder');
  });

  itWithMosquitto('says that calls are assumed to succeed if nothing is known of them', async () => {
    const file = join(await temporaryDirectory(atEnd), 'capture.ndjson');
    const line = { tst: '2026-11-23T08:00:00.000Z', topic: 's2u/a/b-c', qos: 1, retain: false, payload: 'x' };
    await writeFile(file, `${JSON.stringify(line)}\n`);
    const { calls, stderr } = await resultsOf(file);
    expect([...calls]).to.deep.equal(['assumed']);
    expect(stderr).to.contain('each call to cvmain is assumed to succeed').and.to.contain('--outages');
  });
});
