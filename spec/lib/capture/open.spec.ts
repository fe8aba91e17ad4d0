import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { openCapture } from '../../../lib/capture/open.js';
import type { Records } from '../../../lib/capture/record.js';
import { bytesOf } from '../../../lib/rules/message/payload.js';
import { errorCode } from '../../../lib/util/error-code.js';
import { itWith } from '../../rig/programs.js';
import { allOf } from '../../support/captures.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/capture/${name}`, import.meta.url));

/** A line for each record. */
const shown = async (records: Records): Promise<readonly string[]> =>
  (await allOf(records)).map((record) => {
    if (record.kind === 'broken') return `${record.line}: ${record.detail}`;
    if (record.kind === 'note') return `note: ${record.detail}`;
    if (record.kind !== 'publish') return record.kind;
    const { publish, packetId, offsetMs, properties } = record;
    const text = Buffer.from(bytesOf(publish.payload)).toString();
    const more = properties === undefined ? '' : ` ${JSON.stringify(properties)}`;
    return `${offsetMs} ms: ${publish.topic} #${packetId} ${JSON.stringify(text)}${more}`;
  });

describe('openCapture', () => {
  const atEnd = cleanup();
  const written = async (bytes: string | Uint8Array): Promise<string> => {
    const file = join(await temporaryDirectory(atEnd), 'capture');
    await writeFile(file, bytes);
    return file;
  };

  it('reads the output of mosquitto_sub -F %j, 2.0.11', async () => {
    expect(await shown(openCapture(fixture('mosquitto_sub-2.0.11-j.ndjson')))).to.deep.equal([
      '0 ms: s2u/cv/command #1 "{\\"function\\":\\"int1-open\\",\\"n\\":1.0,\\"body\\":\\"x\\"}"',
      '3 ms: s2u/cv/empty #2 ""',
      '6 ms: s2u/cv/quoted #3 "\\"a string\\""',
      '4: has 1 of 4 bytes of the payload: mosquitto_sub cuts it at a NUL',
      '5: the line is not UTF-8',
      '15 ms: s2u/cv/uni #6 "líne\\n\\"q\\"\\ttab"',
      '18 ms: s2u/cv/props #7 "{\\"function\\":\\"int1-open\\"}"',
    ]);
  });

  const properties =
    '{"content-type":"text/plain","response-topic":"r/t","payload-format-indicator":1,"message-expiry-interval":60,"correlation-data":"YWJj","user-properties":[["a","c"],["d","e"]]}';

  it('reads the MQTT 5 properties of mosquitto_sub', async () => {
    const all = await shown(openCapture(fixture('mosquitto_sub-2.0.11-j-mqtt5.ndjson')));
    expect(all.at(-1)).to.equal(`18 ms: s2u/cv/props #7 "{\\"function\\":\\"int1-open\\"}" ${properties}`);
  });

  it('reads the output of mosquitto_sub -F %J: payloads as JSON', async () => {
    expect(await shown(openCapture(fixture('mosquitto_sub-2.0.11-J-mqtt5.ndjson')))).to.deep.equal([
      '0 ms: s2u/cv/command #1 "{\\"function\\":\\"int1-open\\",\\"n\\":1,\\"body\\":\\"x\\"}"',
      '3 ms: s2u/cv/empty #2 ""',
      '6 ms: s2u/cv/quoted #3 "\\"a string\\""',
      `18 ms: s2u/cv/props #7 "{\\"function\\":\\"int1-open\\"}" ${properties}`,
    ]);
  });

  const packets = (at: readonly number[]): readonly string[] => [
    `${at[0]} ms: s2u/cv/command #1 "{\\"function\\":\\"int1-open\\",\\"n\\":1.0,\\"body\\":\\"x\\"}"`,
    `${at[1]} ms: s2u/cv/empty #2 ""`,
    `${at[2]} ms: s2u/cv/bin #3 ${JSON.stringify('a\0b\ufffd')}`,
    `${at[3]} ms: s2u/cv/props #4 "{\\"function\\":\\"int1-open\\"}" ${JSON.stringify({
      'message-expiry-interval': 60,
      'content-type': 'text/plain',
      'correlation-data': 'YWJj',
      'user-properties': [
        ['a', 'b'],
        ['a', 'c'],
      ],
    })}`,
    `${at[4]} ms: s2u/cv/large #5 "${'z'.repeat(400)}"`,
    `${at[5]} ms: s2u/cv/last #6 "last"`,
  ];

  it('reads a tcpdump of loopback: what the broker sent', async () => {
    expect(await shown(openCapture(fixture('tcpdump-lo.pcap')))).to.deep.equal(
      packets([0, 4.119, 9.293, 13.458, 21.203, 25.313]),
    );
  });

  it('reads a tcpdump of all interfaces, with truncated packets', async () => {
    const whole = packets([0, 4.12, 9.294, 13.458, 0, 25.313]);
    expect(await shown(openCapture(fixture('tcpdump-any-snaplen-200.pcap')))).to.deep.equal([
      ...whole.slice(0, 4),
      '80: 292 bytes that the broker sent were not captured',
      ...whole.slice(5),
      'note: 2 packets were cut by the recorder: record whole packets, as tcpdump -s 0 does',
    ]);
  });

  for (const name of ['tshark-lo.pcapng', 'tshark-nanoseconds.pcap.gz']) {
    it(`reads the output of tshark: ${name}`, async () => {
      const all = await shown(openCapture(fixture(name)));
      expect(all).to.deep.equal(packets([0, 4.119, 9.293, 13.458, 21.202, 25.313]));
    });
  }

  it('reads the CSV of mqtt-recorder', async () => {
    const file = await written('a,"{""x"":1}",1,False,1795420800.5,0.0\r\n');
    expect(await shown(openCapture(file))).to.deep.equal(['0 ms: a #undefined "{\\"x\\":1}"']);
  });

  const line = (topic: string): string =>
    `{"tst":"2026-11-23T08:00:00Z","topic":"${topic}","qos":0,"retain":0,"payload":"x"}\n`;

  it('skips a byte order mark', async () => {
    const file = await written(`\ufeff${line('a')}`);
    expect(await shown(openCapture(file))).to.deep.equal(['0 ms: a #undefined "x"']);
    expect(await shown(openCapture(await written('\ufeff')))).to.deep.equal([]);
  });

  it('reads gzip, gzip in gzip, and concatenated gzip files', async () => {
    const parts = Buffer.concat([gzipSync(line('a')), gzipSync(line('b'))]);
    for (const bytes of [parts, gzipSync(parts)]) {
      const all = await shown(openCapture(await written(bytes)));
      expect(all).to.deep.equal(['0 ms: a #undefined "x"', '0 ms: b #undefined "x"']);
    }
  });

  for (const [program, ...args] of [
    ['zstd', '-cq'],
    ['xz', '-cq'],
    ['bzip2', '-cq'],
  ] as const) {
    itWith(program)(`reads what ${program} packed, up to where it is cut off`, async () => {
      const packed = spawnSync(program, args, { input: `${line('a')}${line('b')}` }).stdout;
      const all = await shown(openCapture(await written(packed)));
      expect(all).to.deep.equal(['0 ms: a #undefined "x"', '0 ms: b #undefined "x"']);
      const torn = await allOf(openCapture(await written(packed.subarray(0, -8)))).then(
        () => 'nothing',
        (error) => error.message,
      );
      expect(torn).to.equal(`the ${program} data is cut off or damaged: read up to there`);
    });
  }

  it('reads what is in a small gzip file that is cut off, before it fails', async () => {
    const torn = await written(gzipSync(`${line('a')}${line('b')}`).subarray(0, -4));
    const topics: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const records of openCapture(torn))
        for (const record of records) if (record.kind === 'publish') topics.push(record.publish.topic);
    };
    const failed = await reading().then(
      () => undefined,
      (error) => errorCode(error),
    );
    expect({ topics, failed }).to.deep.equal({ topics: ['a', 'b'], failed: 'Z_BUF_ERROR' });
  });

  it('names the package of a program that is missing', async () => {
    const file = await written(Buffer.from('28b52ffd00', 'hex'));
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    const found = await allOf(openCapture(file))
      .then(
        () => 'nothing',
        (error) => error.message,
      )
      .finally(() => {
        process.env['PATH'] = path;
      });
    expect(found).to.equal(
      'is compressed with zstd, which is not installed: install the package zstd, or unpack it first',
    );
  });

  it('reads UTF-16 of either byte order, with a byte order mark or without', async () => {
    const little = Buffer.from(`${line('ä')}${line('b')}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    const mark = Buffer.from('\ufeff', 'utf16le');
    for (const bytes of [
      little,
      big,
      Buffer.concat([mark, little]),
      Buffer.concat([Buffer.from(mark).swap16(), big]),
    ]) {
      const all = await shown(openCapture(await written(bytes)));
      expect(all).to.deep.equal(['0 ms: ä #undefined "x"', '0 ms: b #undefined "x"']);
    }
  });

  it('says once what a file without messages is, with the number of its lines', async () => {
    const text = await allOf(openCapture(await written('a/b x\n\na/c y\na/d z')));
    expect(text).to.deep.equal([
      {
        kind: 'broken',
        line: 1,
        lines: 3,
        detail:
          'is what mosquitto_sub -v writes, which has no times and no QoS: record with cvmqtt capture, or with mosquitto_sub -F %j',
      },
    ]);
    const zip = await allOf(openCapture(await written('PK\x03\x04')));
    expect(zip).to.deep.equal([
      { kind: 'note', detail: 'is a zip archive: unzip it, and replay what is in it', isUnread: true },
    ]);
  });

  it('reads lines of JSON after other lines: of a log, or the rest of a line that is cut off', async () => {
    const line = JSON.stringify({ tst: 1600000000, topic: 'a/b', qos: 0, retain: 0, payload: 'x' });
    for (const before of [
      'Client null sending CONNECT',
      'Warning: no "id", so it is made up, 1, x',
      '2026-01-01 10:00:00 started',
      'a/b some text',
      'pic":"a/b","qos":0,"retain":0,"payload":"{\\"function\\":\\"a-b\\"}"}',
    ]) {
      const file = await written(`${before}\n${line}\n${line}\n`);
      const message = '0 ms: a/b #undefined "x"';
      expect(await shown(openCapture(file)), before).to.deep.equal(['1: is not JSON', message, message]);
    }
  });

  it('refuses endlessly nested gzip', async () => {
    let bytes = gzipSync(line('a'));
    for (let at = 0; at < 5; at += 1) bytes = gzipSync(bytes);
    expect((await shown(openCapture(await written(bytes)))).join()).to.equal(
      'note: is compressed too many times',
    );
  });

  it('rejects damaged or truncated gzip', async () => {
    const whole = gzipSync(line('a'));
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 12, 24);
    for (const bytes of [whole.subarray(0, -9), damaged]) {
      const opened = allOf(openCapture(await written(bytes)));
      const code = await opened.then(
        () => 'none',
        (error) => error.code,
      );
      expect(code).to.match(/^Z_/);
    }
  });

  it('reads a packet capture in truncated gzip up to there', async () => {
    const packed = gzipSync(await readFile(fixture('tcpdump-lo.pcap')));
    const read: string[] = [];
    try {
      for await (const batch of openCapture(await written(packed.subarray(0, -100))))
        for (const record of batch) if (record.kind === 'publish') read.push(record.publish.topic);
    } catch (error) {
      read.push(errorCode(error) ?? '');
    }
    expect(read.slice(0, 2)).to.deep.equal(['s2u/cv/command', 's2u/cv/empty']);
    expect(read.at(-1)).to.equal('Z_BUF_ERROR');
  });

  it('says that a client can be chosen in packet captures only', async () => {
    const [note] = await allOf(openCapture(await written(line('a')), undefined, { client: 'x' }));
    expect(note).to.have.property('detail', 'is not a packet capture: --client does not apply');
  });

  it('gives no record for an empty file', async () => {
    expect(await allOf(openCapture(await written('')))).to.deep.equal([]);
  });

  it('reads pipes, and stalls nothing else while they have no writer', async () => {
    const directory = await temporaryDirectory(atEnd);
    // As many as Node.js has threads for files, and one more.
    const pipes = [1, 2, 3, 4, 5].map((each) => join(directory, `${each}`));
    execFileSync('mkfifo', pipes);
    const reading = pipes.map((pipe) => shown(openCapture(pipe)));
    const line = JSON.stringify({ tst: 1600000000, topic: 'a', qos: 0, retain: 0, payload: 'x' });
    const content = await readFile(await written(`${line}\n`));
    for (const pipe of pipes) await writeFile(pipe, content);
    expect(await Promise.all(reading)).to.deep.equal(pipes.map(() => ['0 ms: a #undefined "x"']));
  });

  it('rejects a missing file or a directory with the system error', async () => {
    const directory = join(await temporaryDirectory(atEnd), 'directory');
    await mkdir(directory);
    for (const [path, code] of [
      [directory, 'EISDIR'],
      [join(directory, 'missing'), 'ENOENT'],
    ] as const) {
      const found = await allOf(openCapture(path)).then(
        () => 'none',
        (error) => error.code,
      );
      expect(found).to.equal(code);
    }
  });
});
