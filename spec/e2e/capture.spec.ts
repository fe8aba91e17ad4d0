import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { connectAsync, type IClientPublishOptions } from 'mqtt';
import { openCapture } from '../../lib/capture/open.js';
import type { CapturedPublish, CaptureRecord } from '../../lib/capture/record.js';
import { bytesOf } from '../../lib/rules/message/payload.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import type { Child } from '../rig/child.js';
import { startCvmqtt } from '../rig/daemon.js';
import { freePort } from '../rig/free-port.js';
import { serverToken, unitToken, username } from '../rig/login.js';
import { type Mosquitto, startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { allOf } from '../support/captures.js';

const topic = `s2u/${username}/command`;

describe('cvmqtt capture', () => {
  const atEnd = endingAfterTest();

  const where = (broker: Mosquitto): readonly string[] => [
    ...['-h', '127.0.0.1', '-p', String(broker.port), '-u', username, '-t', `s2u/${username}/#`],
  ];

  /** A capture that is subscribed, with the login in its environment. */
  const subscribed = async (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Child> => {
    const child = startCvmqtt(atEnd, ['capture', ...args], { CVMQTT_PASSWORD: unitToken, ...env });
    await child.stderr.first('subscription', (line) => line.startsWith('subscribed'));
    return child;
  };

  it('exits with code 1 if the broker was never reached', async () => {
    const args = ['capture', '-h', '127.0.0.1', '-p', `${await freePort()}`, '-t', 'a/#', '--for', '1s'];
    const child = startCvmqtt(atEnd, [...args, '-o', await newFile()]);
    expect(await child.exited).to.deep.equal({ code: 1, signal: null });
    expect(child.output().stderr).to.contain('cvmqtt capture: never connected to the broker\n');
  });

  const newFile = async (): Promise<string> => join(await temporaryDirectory(atEnd), 'capture.ndjson');

  const publishesIn = async (file: string): Promise<readonly CapturedPublish[]> =>
    (await allOf(openCapture(file))).filter((record) => record.kind === 'publish');

  const texts = (records: readonly CaptureRecord[]): readonly string[] =>
    records.map((record) =>
      record.kind === 'publish' ? Buffer.from(bytesOf(record.publish.payload)).toString() : '',
    );

  /** A client of the server that sets more properties than the platform does. */
  const connectServer = async (broker: Mosquitto, protocolVersion: 4 | 5 = 4) => {
    const client = await connectAsync(broker.url, {
      username: 'server',
      password: serverToken,
      protocolVersion,
      reconnectPeriod: 0,
    });
    atEnd(() => client.endAsync(true));
    return client;
  };

  const text = fc
    .string({ unit: 'binary', maxLength: 20 })
    .map((any) => any.toWellFormed().replaceAll('\0', ''));
  const level = text.map((any) => any.replaceAll(/[/+#\p{Cc}]|\p{Cn}|\p{Co}/gu, ''));
  /** mqtt-packet drops an empty value of a name that comes again. */
  const some = level.map((any) => `${any}.`);
  const properties = fc.record(
    {
      payloadFormatIndicator: fc.boolean(),
      messageExpiryInterval: fc.integer({ min: 1_000, max: 2_000 }),
      contentType: level,
      responseTopic: level.map((name) => `answers/${name}`),
      correlationData: fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      userProperties: fc.dictionary(
        fc.constantFrom('a', 'b', 'ü'),
        fc.array(some, { minLength: 2, maxLength: 3 }),
        { minKeys: 1 },
      ),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const message = fc.record({
    topic: level.map((name) => `s2u/${username}/${name}`),
    payload: fc
      .oneof(
        fc.uint8Array(),
        text.map((any) => Buffer.from(any)),
      )
      .map((bytes) => Buffer.from(bytes)),
    qos: fc.constantFrom(0 as const, 1 as const),
    properties: fc.option(properties, { nil: undefined }),
  });

  for (const version of ['3.1.1', '5'] as const) {
    itWithMosquitto(`records what was sent: any bytes, topics and properties, ${version}`, async () => {
      const broker = await startMosquitto(atEnd);
      const file = await newFile();
      const sent = fc.sample(message, { numRuns: 200, seed: 1 });
      const child = await subscribed([
        ...where(broker),
        '-o',
        file,
        '-V',
        version,
        '--count',
        String(sent.length),
      ]);
      const server = await connectServer(broker, version === '5' ? 5 : 4);
      for (const { topic, payload, qos, properties } of sent) {
        const options: IClientPublishOptions = {
          qos,
          ...(version === '5' && properties !== undefined ? { properties } : {}),
        };
        await server.publishAsync(topic, payload, options);
      }
      expect(await child.exited).to.include({ code: 0 });
      const found = await publishesIn(file);
      const got = found.map(({ publish, properties = {} }) => ({
        topic: publish.topic,
        payload: Buffer.from(bytesOf(publish.payload)).toString('hex'),
        qos: publish.qos,
        type: properties['content-type'],
        answer: properties['response-topic'],
        data: properties['correlation-data'],
        format: properties['payload-format-indicator'],
        pairs: properties['user-properties'] ?? [],
      }));
      const wanted = sent.map(({ topic, payload, qos, properties }) => {
        const given = version === '5' ? properties : undefined;
        const format = given?.payloadFormatIndicator;
        return {
          topic,
          payload: payload.toString('hex'),
          qos,
          type: given?.contentType,
          answer: given?.responseTopic,
          data: given?.correlationData?.toString('base64'),
          format: format === undefined ? undefined : Number(format),
          pairs: Object.entries(given?.userProperties ?? {}).flatMap(([name, values]) =>
            values.map((value) => [name, value]),
          ),
        };
      });
      // A broker may hold back QoS 1 and 2 while QoS 0 passes.
      for (const quality of [0, 1]) {
        expect(got.filter(({ qos }) => qos === quality)).to.deep.equal(
          wanted.filter(({ qos }) => qos === quality),
        );
      }
      expect(
        found.every(({ publish, packetId }) => (packetId !== undefined) === (publish.qos === 1)),
      ).to.equal(true);
      const offsets = found.map(({ offsetMs }) => offsetMs);
      expect(offsets).to.deep.equal([...offsets].sort((one, other) => one - other));
    });
  }

  itWithMosquitto(
    'ends with a summary on Ctrl-C and SIGTERM; neither the file nor the output contains a secret',
    async () => {
      const broker = await startMosquitto(atEnd);
      const server = await startServer(atEnd, broker.url);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const child = await subscribed([...where(broker), '-o', '-']);
        for (const body of ['one', 'two']) await server.publish(topic, body);
        await child.stdout.first('line', (line) => line.includes('"two"'));
        expect(await child.end(signal)).to.include({ code: 0, signal: null });
        expect(child.stderr.entries.at(-1)).to.match(/^captured 2 messages, \d+\/s, .* (bytes|KiB), .* m?s$/);
        const { stdout, stderr } = child.output();
        expect(stdout.split('\n')).to.have.length(1 + 2 + 1);
        const said = `${stderr}${stdout}`;
        expect(said).to.not.include(unitToken);
        expect(said).to.not.include(unitToken.split('.')[1]);
      }
    },
  );

  itWithMosquitto('takes the password from a file', async () => {
    const broker = await startMosquitto(atEnd);
    const file = await newFile();
    await writeFile(`${file}.password`, `${unitToken}\n`);
    const child = await subscribed([...where(broker), '-o', file, '--password-file', `${file}.password`], {
      CVMQTT_PASSWORD: 'another one',
    });
    expect(await child.end('SIGINT')).to.include({ code: 0 });
  });

  itWithMosquitto(
    'rotates: each file can be read alone, and together they are the whole capture',
    async () => {
      const broker = await startMosquitto(atEnd);
      const file = await newFile();
      const server = await startServer(atEnd, broker.url);
      const args = [...where(broker), '-o', file, '--rotate-bytes', '4k', '--keep', '2', '--count', '60'];
      const child = await subscribed(args);
      const bodies = Array.from({ length: 60 }, (_, at) => `message ${at}`);
      for (const body of bodies) await server.publish(topic, body);
      expect(await child.exited).to.include({ code: 0 });
      const names = (await readdir(join(file, '..'))).sort();
      expect(names).to.deep.equal(['capture.ndjson', 'capture.ndjson.1', 'capture.ndjson.2']);
      const found: string[] = [];
      for (const name of [...names].reverse()) {
        const [first, ...records] = await allOf(openCapture(join(file, '..', name)));
        expect(first).to.have.property('kind', 'start');
        expect((await readFile(join(file, '..', name))).length).to.be.at.most(4_096);
        found.push(...texts(records));
      }
      expect(found.length).to.be.greaterThan(30);
      expect(found).to.deep.equal(bodies.slice(-found.length));
    },
  );

  itWithMosquitto('ends silently when the reader of its stdout has ended', async () => {
    const broker = await startMosquitto(atEnd);
    const server = await startServer(atEnd, broker.url);
    const child = await subscribed([...where(broker), '-o', '-']);
    await server.publish(topic, 'one');
    await child.stdout.first('line', (line) => line.includes('"one"'));
    child.stopReading();
    await server.publish(topic, 'two');
    expect(await child.exited).to.include({ code: 0, signal: null });
  });

  itWithMosquitto('continues after a restart of the broker, and reports the gap', async () => {
    const broker = await startMosquitto(atEnd);
    const file = await newFile();
    const child = await subscribed([...where(broker), '-o', file, '--count', '2']);
    await (await startServer(atEnd, broker.url)).publish(topic, 'before');
    await broker.stop();
    await child.stderr.first('loss', (line) => line.includes('was lost'));
    await broker.start();
    await child.stderr.first('subscription', (line) => line.startsWith('subscribed'), { nth: 2 });
    await (await startServer(atEnd, broker.url)).publish(topic, 'after');
    expect(await child.exited).to.include({ code: 0 });
    expect(child.stderr.entries.at(-1)).to.match(
      /; connected 2 times: messages sent in between are missing$/,
    );
    expect(texts(await publishesIn(file))).to.deep.equal(['before', 'after']);
  });

  itWithMosquitto("records the live set, and leaves the daemon's session alone", async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const server = await startServer(atEnd, broker.url);
    const daemon = await rig.connected();
    const child = await subscribed([rig.home, '-o', '-']);
    await server.send(username, { function: 'int1-open', body: 'one' });
    await child.stdout.first('message', (line) => line.includes('int1-open'));
    await rig.cvmain.register('int2');
    await child.stdout.first('set', (line) => line.includes('"int2"'));
    await server.send(username, { function: 'int2-open', body: 'two' });
    await child.stdout.first('message', (line) => line.includes('int2-open'));
    expect(await child.end('SIGINT')).to.include({ code: 0 });
    await rig.received.filled('notifications', 2);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(await daemon.logged('stopped')).to.include({ notified: 2 });
    expect(daemon.count('connected')).to.equal(1);
    expect(daemon.count('disconnected')).to.equal(0);

    const file = await newFile();
    await writeFile(file, child.output().stdout);
    const records = (await allOf(openCapture(file))).map((record) =>
      record.kind === 'set' ? [...record.integrations.keys()].join() : record.kind,
    );
    expect(records).to.deep.equal(['start', 'int1', 'cvmain', 'publish', 'int1,int2', 'publish']);
    expect(child.output().stdout).to.not.include(unitToken);
  });

  const wrong: readonly [args: readonly string[], code: number, says: RegExp][] = [
    [['-o', 'x'], 2, /give a configuration directory, or --topic/],
    [['-t', 'a'], 2, /give a file, with --output/],
    [['-t', 'a/#/b', '-o', 'x'], 2, /--topic a\/#\/b is not a valid topic filter/],
    [['-t', 'a', '-o', 'x', '-q', '2'], 2, /--qos must be 0 or 1/],
    [['-t', 'a', '-o', 'x', '-p', '0'], 2, /--port must be from 1 to 65535/],
    [['-t', 'a', '-o', 'x', '-h', 'ftp://a'], 2, /unknown scheme/],
    [['-t', 'a', '-o', 'x', '-V', '3'], 2, /--protocol-version/],
    [['-t', 'a', '-o', 'x', '--for', '5'], 2, /not a duration/],
    [['-t', 'a', '-o', 'x', '--max-bytes', 'many'], 2, /not a size/],
    [['-t', 'a', '-o', '-', '--rotate-bytes', '1M'], 2, /--rotate-bytes needs a file/],
    [['-t', 'a', '-o', 'x', '--cafile', '/missing'], 78, /\/missing does not exist/],
    [['/missing', '-o', 'x'], 78, /\/missing: is not a readable directory/],
    [['/missing', '-o', 'x', '-h', 'a'], 2, /--host can't be combined with a configuration directory/],
    [['-t', 'a', '-o', '/missing/x'], 1, /\/missing\/x: the directory \/missing does not exist/],
  ];
  for (const [args, code, says] of wrong) {
    it(`reports the mistake in ${args.join(' ')}`, async () => {
      const child = startCvmqtt(atEnd, ['capture', ...args]);
      expect(await child.exited).to.include({ code });
      expect(child.stderr.entries[0]).to.match(says);
    });
  }
});
