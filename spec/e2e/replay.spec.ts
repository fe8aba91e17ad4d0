import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { connectAsync, type IPublishPacket } from 'mqtt';
import type { CapturedPublish, CaptureRecord } from '../../lib/capture/record.js';
import { headerLine, publishLine, setLine } from '../../lib/capture/write-line.js';
import { type AtEnd, endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startChild } from '../rig/child.js';
import { cvmqtt, startCvmqtt } from '../rig/daemon.js';
import { serverToken, unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { captured, setAt } from '../support/replaying.js';

const header = headerLine({
  startedAt: Date.UTC(2026, 0, 31, 6),
  filters: ['s2u/cv12345/#'],
  broker: 'mqtt://127.0.0.1:1883',
  mqttVersion: '5',
  clientId: 'recorder',
});

const lineOf = (record: CaptureRecord): string => {
  if (record.kind === 'publish') return publishLine(record);
  return record.kind === 'set' ? setLine(record) : '{broken';
};

const textOf = (...records: readonly CaptureRecord[]): string =>
  [header, ...records.map(lineOf), ''].join('\n');

/** A file of these records. */
const captureOf = async (atEnd: AtEnd, ...records: readonly CaptureRecord[]): Promise<string> => {
  const file = join(await temporaryDirectory(atEnd), 'capture.ndjson');
  await writeFile(file, textOf(...records));
  return file;
};

const broken: CaptureRecord = { kind: 'broken', line: 0, detail: '' };

const incident = [
  setAt(0, 'int1'),
  captured(1, 0, 'int1-open'),
  captured(2, 500, 'int2-open'),
  broken,
  captured(3, 1_000, 'vg:upgrader-x'),
  setAt(10_500, 'int1', 'int2'),
  captured(4, 60_000, 'int3-open'),
  captured(5, 61_000, { json: { function: 'int4-close', timeout: 5_000 } }),
] as const;

describe('cvmqtt replay', () => {
  const atEnd = endingAfterTest();

  describe('a dry run', () => {
    it('prints the settlement of each message, by the rules and the time of the capture', async () => {
      const file = await captureOf(atEnd, ...incident);
      const child = startCvmqtt(atEnd, ['replay', file]);
      expect(await child.exited).to.deep.equal({ code: 0, signal: null });
      expect(child.output().stdout.split('\n')).to.deep.equal([
        '00:00:00.000  notified          int1-open',
        '00:00:01.000  reserved-name     vg:upgrader-x: "vg:upgrader" is reserved and not in reserved_integrations of mq/cvmqtt.json',
        '00:00:10.500  notified          int2-open, after 10.000 s',
        '00:01:06.000  expired           int4-close, after 5.000 s: its lifetime of 5000 ms is over',
        '00:01:30.000  unregistered      int3-open, after 30.000 s: no integration "int3" is registered; held 30000 ms for it',
        '',
      ]);
      expect(child.output().stderr).to.equal(
        `cvmqtt replay: ${file}, line 5: is not JSON\n` +
          'cvmqtt replay: each call to cvmain is assumed to succeed, as nothing says when it was away (see --outages)\n' +
          '5 messages: 2 notified, 1 reserved-name, 1 unregistered, 1 expired; 1 broken line\n',
      );
    });

    it('reads gzip, and several captures in a row', async () => {
      const directory = await temporaryDirectory(atEnd);
      const [one, other] = [join(directory, 'one.gz'), join(directory, 'other')];
      await writeFile(one, gzipSync(textOf(setAt(0, 'int1'), captured(1, 5, 'int1-a'))));
      await writeFile(other, textOf(captured(1, 0, 'int1-b')));
      const child = startCvmqtt(atEnd, ['replay', one, other, one, '--json']);
      await child.exited;
      const lines: { readonly seq: number; readonly name: string }[] = child
        .output()
        .stdout.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ seq, name }) => `${seq} ${name}`)).to.deep.equal([
        '1 int1-a',
        '2 int1-b',
        '3 int1-a',
      ]);
    });

    it('reads torn gzip to its end: a summary, the report, the next file, and code 1', async () => {
      const directory = await temporaryDirectory(atEnd);
      const torn = join(directory, 'torn.gz');
      const next = join(directory, 'next');
      const report = join(directory, 'report.svg');
      const messages = Array.from({ length: 2_000 }, (_, at) => captured(at + 1, at, `int1-m${at}`));
      const whole = gzipSync(textOf(setAt(0, 'int1'), ...messages));
      await writeFile(torn, whole.subarray(0, -100));
      await writeFile(next, textOf(captured(1, 0, 'int1-next')));
      const child = startCvmqtt(atEnd, ['replay', torn, next, '--report', report]);
      expect(await child.exited).to.deep.equal({ code: 1, signal: null });
      const { stdout, stderr } = child.output();
      expect(stdout).to.contain('int1-m0\n').and.to.contain('int1-next\n');
      expect(stderr).to.contain(`${torn}: the gzip data is cut off: read up to there\n`);
      expect(stderr).to.match(/\d+ messages: \d+ notified\n$/);
      expect(await readFile(report, 'utf8')).to.contain('<svg');
    });

    it('counts each message of a long capture in the report, and names --from and --to for the details', async () => {
      const directory = await temporaryDirectory(atEnd);
      const [file, report] = [join(directory, 'capture'), join(directory, 'report.svg')];
      const messages = Array.from({ length: 60_000 }, (_, at) =>
        captured(at + 1, at * 10, at % 20_000 === 5 ? 'ghost-a' : 'int1-a'),
      );
      await writeFile(file, textOf(setAt(0, 'int1'), ...messages));
      const child = startCvmqtt(atEnd, ['replay', file, '--quiet', '--report', report]);
      expect(await child.exited).to.deep.equal({ code: 0, signal: null });
      expect(child.output().stderr).to.match(
        /one by one, and \d+ more as counts only; for all details, draw a part with --from and --to\n$/,
      );
      const text = (await readFile(report, 'utf8')).replace(/<[^>]*>/g, '|');
      expect(text)
        .to.include('60,000 messages')
        .and.match(/\|int1\|+59,997\|/);
      expect(text).to.match(/\|unregistered\|+3\|/);
    });

    it('reports a file that is not a capture, and exits with code 1', async () => {
      const file = join(await temporaryDirectory(atEnd), 'notes');
      await writeFile(file, '{"all": "is well"}\n{"and": "good"}\n');
      const child = startCvmqtt(atEnd, ['replay', file]);
      expect(await child.exited).to.deep.equal({ code: 1, signal: null });
      expect(child.output().stderr).to.equal(
        `cvmqtt replay: ${file}: is not a capture: nothing in it can be read; line 1: field topic: expected string, found nothing\n` +
          '0 messages: 0 notified; 2 broken lines\n',
      );
    });

    it('says so if no message is selected, or if there is none', async () => {
      const file = await captureOf(atEnd, ...incident);
      const none = startCvmqtt(atEnd, ['replay', file, '--filter', 'x/#', '--quiet']);
      expect(await none.exited).to.deep.equal({ code: 0, signal: null });
      expect(none.output().stderr).to.contain(
        'cvmqtt replay: none of the 5 messages is selected by --from, --to or --filter\n0 messages',
      );
      const header = await captureOf(atEnd);
      const empty = startCvmqtt(atEnd, ['replay', header]);
      expect(await empty.exited).to.deep.equal({ code: 0, signal: null });
      expect(empty.output().stderr).to.contain(`${header}: has no messages\n0 messages`);
    });

    it('exits with code 1 if the client that was asked for is not in a packet capture', async () => {
      const file = fileURLToPath(new URL('../fixtures/capture/tcpdump-lo.pcap', import.meta.url));
      const child = startCvmqtt(atEnd, ['replay', file, '--client', 'nobody']);
      expect(await child.exited).to.deep.equal({ code: 1, signal: null });
      expect(child.output().stderr).to.contain(`${file}: no client is nobody: 7 clients: `);
    });

    it('reads captures, integrations and settings from pipes', async () => {
      const file = await captureOf(atEnd, captured(1, 0, 'int1-open'));
      const script =
        '"$@" replay <(cat "$0") --integrations <(echo \'[{"name":"int1"}]\') --settings <(echo "{}")';
      const child = startChild(atEnd, 'bash', ['-c', script, file, process.execPath, cvmqtt]);
      expect(await child.exited).to.deep.equal({ code: 0, signal: null });
      expect(child.output().stderr).to.match(/\n1 message: 1 notified\n$/);
    });

    it('decides by other integrations, a timeline of them, and other settings', async () => {
      const file = await captureOf(atEnd, ...incident);
      const directory = await temporaryDirectory(atEnd);
      const [timeline, settings] = [join(directory, 'sets'), join(directory, 'cvmqtt.json')];
      await writeFile(timeline, `${setLine(setAt(0, 'vg:upgrader'))}\n${setLine(setAt(60_100, 'int3'))}\n`);
      await writeFile(settings, '{"reserved_integrations": ["vg:upgrader"], "hold_unregistered_ms": 200}');
      const args = ['replay', file, '--integrations', timeline, '--settings', settings];
      const child = startCvmqtt(atEnd, args);
      await child.exited;
      const ends = child.output().stdout.match(/^\S+ {2}\S+ +[^\s,:]+(?::\S+)?/gm);
      expect(ends?.map((line) => line.replace(/ +/g, ' '))).to.deep.equal([
        '00:00:00.200 unregistered int1-open',
        '00:00:00.700 unregistered int2-open',
        '00:00:01.000 notified vg:upgrader-x',
        '00:01:00.100 notified int3-open',
        '00:01:01.200 unregistered int4-close',
      ]);
    });

    it('prints the same for a large file, which a thread reads, as for a small one', async () => {
      const many = Array.from({ length: 30_000 }, (_, at) => captured(at + 1, at, `int${at % 3}-open`));
      const large = await captureOf(atEnd, setAt(0, 'int1'), broken, ...many, broken);
      const small = `${large}.gz`;
      await writeFile(small, gzipSync(await readFile(large)));
      const enough = 4_194_304;
      expect((await stat(large)).size).to.be.above(enough);
      expect((await stat(small)).size).to.be.below(enough);
      const [inThread, same] = [large, small].map((file) => startCvmqtt(atEnd, ['replay', '--json', file]));
      expect(await inThread?.exited).to.deep.equal({ code: 0, signal: null });
      expect(inThread?.output().stderr).to.match(/^30000 messages: 10000 notified, .*; 2 broken lines$/m);
      await same?.exited;
      expect(same?.output().stdout).to.equal(inThread?.output().stdout);
    });

    it('stops at the first broken line with --strict', async () => {
      const child = startCvmqtt(atEnd, ['replay', '--strict', await captureOf(atEnd, ...incident)]);
      expect(await child.exited).to.deep.equal({ code: 1, signal: null });
      expect(child.output().stderr).to.match(/\n2 messages: .*; 1 broken line\n$/);
    });

    it('stops on Ctrl-C, with a summary so far', async () => {
      const file = await captureOf(atEnd, setAt(0, 'int1'), captured(1, 0), captured(2, 3_600_000));
      const child = startCvmqtt(atEnd, ['replay', '--speed', '1x', '--loop', '2', file, '--json']);
      await child.stdout.first('the first message');
      expect(await child.end('SIGINT')).to.deep.equal({ code: 1, signal: null });
      expect(child.output().stderr).to.match(/^1 message: 1 notified; interrupted\n$/m);
      expect(child.output().stdout).to.include('int1-open');
    });

    it('ends if its output is not read', async () => {
      const many = Array.from({ length: 20_000 }, (_, at) => captured(at + 1, at));
      const file = await captureOf(atEnd, setAt(0, 'int1'), ...many);
      const child = startCvmqtt(atEnd, ['replay', file, '--loop', '100']);
      await child.stdout.first('the first line');
      child.stopReading();
      expect((await child.exited).code).to.equal(1);
    });

    for (const [title, args, code] of [
      ['a missing capture', ['replay', '/nowhere'], 1],
      ['a directory', ['replay', '/'], 1],
      ['missing settings', ['replay', '/dev/null', '--settings', '/nowhere'], 78],
      ['a missing configuration', ['replay', '/dev/null', '--config-dir', '/nowhere'], 78],
      ['no capture', ['replay'], 2],
    ] as const) {
      it(`reports the mistake in ${title}, code ${code}`, async () => {
        const child = startCvmqtt(atEnd, args);
        expect((await child.exited).code).to.equal(code);
        expect(child.output().stderr).to.match(/^cvmqtt replay: \S/);
      });
    }
  });

  it('--to-cvmain notifies the apps registered now, in order, and waits out an absence of cvmain', async () => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1', integrations: ['int1', 'int2'] });
    const many = Array.from({ length: 200 }, (_, at) =>
      captured(at + 1, at, { json: { function: `int${(at % 2) + 1}-open`, body: `${at}` } }),
    );
    const file = await captureOf(atEnd, setAt(0, 'nobody'), ...many);
    await rig.cvmain.suspend();
    const child = startCvmqtt(atEnd, ['replay', file, '--to-cvmain', rig.home]);
    await child.stderr.first('cvmain is away', (line) => line.includes('waiting for cvmain'));
    await rig.cvmain.resume();
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
    for (const name of ['int1', 'int2']) {
      const bodies = rig.accepted.entries
        .filter((each) => valueIn(each, 'integration') === name)
        .map((each) => Number(valueIn(each, 'body')));
      expect(bodies).to.deep.equal(
        Array.from({ length: 100 }, (_, at) => at * 2 + (name === 'int2' ? 1 : 0)),
      );
    }
    expect(child.output().stderr).to.include('200 messages: 200 notified');
  });

  itWithMosquitto('--to-broker publishes again: topic, payload, QoS, retain, and properties', async () => {
    const broker = await startMosquitto(atEnd);
    const login = { username, password: unitToken };
    const received: IPublishPacket[] = [];
    const listener = await connectAsync(broker.url, { ...login, protocolVersion: 5, reconnectPeriod: 0 });
    atEnd(() => listener.endAsync(true));
    await listener.subscribeAsync(`s2u/${username}/#`, { qos: 2, rap: true });
    const sent: readonly CapturedPublish[] = [
      captured(1, 0, { topic: 's2u/cv12345/a', qos: 0, payload: { bytes: Uint8Array.of(0xff, 0, 0x80) } }),
      captured(2, 1, { topic: 's2u/cv12345/b', qos: 1, retain: true, text: 'kept' }),
      {
        ...captured(3, 2, { topic: 's2u/cv12345/c', qos: 2, text: 'all' }),
        properties: {
          'payload-format-indicator': 1,
          'message-expiry-interval': 60,
          'content-type': 'text/plain',
          'response-topic': 'u2s/cv12345/r',
          'correlation-data': Buffer.from([1, 255]).toString('base64'),
          'user-properties': [
            ['one', '1'],
            ['two', 'a'],
            ['two', 'b'],
          ],
        },
      },
    ];
    const file = await captureOf(atEnd, ...sent);
    const all = new Promise<void>((resolve) => {
      listener.on('message', (_topic, _payload, packet) => {
        received.push(packet);
        if (received.length === sent.length) resolve();
      });
    });
    const args = ['replay', file, '--to-broker', broker.url, '-u', 'server'];
    const child = startCvmqtt(atEnd, args, { CVMQTT_PASSWORD: serverToken });
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
    expect(child.output().stderr).to.equal('3 messages published\n');
    await all;
    const byTopic = received.sort((one, other) => one.topic.localeCompare(other.topic));
    expect(
      byTopic.map(({ topic, qos, retain, payload }) => [topic, qos, retain, [...Buffer.from(payload)]]),
    ).to.deep.equal([
      ['s2u/cv12345/a', 0, false, [0xff, 0, 0x80]],
      ['s2u/cv12345/b', 1, true, [...Buffer.from('kept')]],
      ['s2u/cv12345/c', 2, false, [...Buffer.from('all')]],
    ]);
    const properties = byTopic[2]?.properties;
    expect(properties?.messageExpiryInterval).to.be.within(55, 60);
    expect(properties).to.deep.include({
      payloadFormatIndicator: true,
      contentType: 'text/plain',
      responseTopic: 'u2s/cv12345/r',
      correlationData: Buffer.from([1, 255]),
    });
    expect({ ...properties?.userProperties }).to.deep.equal({ one: '1', two: ['a', 'b'] });
  });

  itWithMosquitto('--to-broker reports a failure, without the password', async () => {
    const broker = await startMosquitto(atEnd);
    const file = await captureOf(atEnd, captured(1, 0));
    const args = ['replay', file, '--to-broker', broker.url, '-u', 'server'];
    const child = startCvmqtt(atEnd, args, { CVMQTT_PASSWORD: 'the wrong one' });
    expect(await child.exited).to.deep.equal({ code: 1, signal: null });
    expect(child.output().stderr).to.match(/^cvmqtt replay: the broker: .*[Nn]ot authorized/);
    expect(child.output().stderr).to.not.include('the wrong one');
  });
});
