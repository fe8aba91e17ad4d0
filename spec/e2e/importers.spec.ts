import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectAsync } from 'mqtt';
import { openCapture } from '../../lib/capture/open.js';
import { bytesOf } from '../../lib/rules/message/payload.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startChild } from '../rig/child.js';
import { serverToken, unitToken, username } from '../rig/login.js';
import { type Mosquitto, startMosquitto } from '../rig/mosquitto.js';
import { itWith } from '../rig/programs.js';
import { itWithSniffer, startSniffer } from '../rig/sniffer.js';
import { within } from '../rig/within.js';
import { allOf } from '../support/captures.js';

const prefix = `s2u/${username}`;

/** Small messages, and one of many segments. */
const sent: readonly (readonly [topic: string, payload: Buffer])[] = [
  [`${prefix}/json`, Buffer.from('{"function":"int1-open","body":{"door":1}}')],
  [`${prefix}/empty`, Buffer.alloc(0)],
  [`${prefix}/binary`, Buffer.from([0x61, 0, 0xff])],
  [`${prefix}/large`, Buffer.alloc(200_000, 'z')],
  [`${prefix}/ünï`, Buffer.from('"ünï"')],
];

describe('captures of other tools, made by them', () => {
  const atEnd = endingAfterTest();

  const subscribe = async (broker: Mosquitto, version: string, ...output: readonly string[]) => {
    const where = ['-h', '127.0.0.1', '-p', String(broker.port), '-u', username, '-P', unitToken];
    const what = ['-t', `${prefix}/#`, '-q', '1', '-V', version, '-d', ...output];
    // The output of -d would wait in a buffer.
    const child = startChild(atEnd, 'stdbuf', ['-oL', 'mosquitto_sub', ...where, ...what]);
    await child.stdout.first('subscription', (line) => line.startsWith('Subscribed'));
    return child;
  };

  const publish = async (broker: Mosquitto, messages = sent): Promise<void> => {
    const login = { username: 'server', password: serverToken };
    const client = await connectAsync(broker.url, { ...login, protocolVersion: 5, reconnectPeriod: 0 });
    atEnd(() => client.endAsync(true));
    const properties = { messageExpiryInterval: 600, contentType: 'a/b' };
    for (const [topic, payload] of messages)
      await client.publishAsync(topic, payload, { qos: 1, properties });
  };

  const read = async (file: string) =>
    (await allOf(openCapture(file))).map((record) =>
      record.kind === 'publish'
        ? [record.publish.topic, Buffer.from(bytesOf(record.publish.payload)).toString('latin1')]
        : record,
    );

  const wanted = sent.map(([topic, payload]) => [topic, payload.toString('latin1')]);

  for (const program of ['tcpdump', 'tshark'] as const) {
    for (const version of ['mqttv311', 'mqttv5']) {
      itWithSniffer(program)(`${program}: what a subscriber of ${version} received`, async () => {
        const broker = await startMosquitto(atEnd);
        const sniffer = await startSniffer(atEnd, program, broker.port);
        const subscriber = await subscribe(broker, version, '-F', '%t');
        await publish(broker);
        await subscriber.stdout.first('last message', (line) => line === `${prefix}/ünï`);
        // The end of the connection passes after the messages.
        await subscriber.end('SIGTERM');
        await sniffer.stop();
        expect(await read(sniffer.file)).to.deep.equal(wanted);
      });
    }
  }

  itWith(
    'mosquitto',
    'mosquitto_passwd',
    'mosquitto_sub',
  )('mosquitto_sub: %j and %J', async () => {
    const json = sent.filter(([topic]) => !topic.endsWith('binary'));
    const [large] = json.filter(([topic]) => topic.endsWith('large'));
    const texts = json.filter((each) => each !== large);
    const directory = await temporaryDirectory(atEnd);
    for (const format of ['%j', '%J']) {
      const broker = await startMosquitto(atEnd);
      // It ends by itself: a signal just after its write makes it write the same line again, as
      // its handler writes to the same buffer (seen, and repeated with a write that strace delays).
      const count = String(texts.length);
      const subscriber = await subscribe(broker, 'mqttv5', '-F', format, '-C', count);
      await publish(broker, texts);
      await within(15_000, () => `${count} messages`, subscriber.exited);
      const lines = subscriber.stdout.entries.filter((line) => line.startsWith('{'));
      const file = join(directory, `${format.slice(1)}.ndjson`);
      await writeFile(file, `${lines.join('\n')}\n`);
      expect(await read(file)).to.deep.equal(
        wanted.filter(([topic]) => texts.some(([sent]) => sent === topic)),
      );
    }
  });
});
