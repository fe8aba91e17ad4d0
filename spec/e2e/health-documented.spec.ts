import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type AtEnd, endingAfterTest } from '../rig/at-end.js';
import { type Child, startChild } from '../rig/child.js';
import { startCvmqtt } from '../rig/daemon.js';
import { documented, shown, timeless } from '../rig/documented.js';
import { serverToken, username } from '../rig/login.js';
import { type Mosquitto, startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const page = readFileSync(new URL('../../docs/health.md', import.meta.url), 'utf8');

/** The commands with mosquitto_sub on the page, in order, and the lines that it prints there. */
const watches = [...page.matchAll(/^\$ mosquitto_sub (.*)\n((?:\{.*\n)+)/gm)].map(
  ([, args = '', lines = '']) => ({
    args: args.split(' '),
    lines: lines.trimEnd().split('\n'),
  }),
);

/** Runs one of them against this broker; resolves when it is subscribed. */
const watch = async (atEnd: AtEnd, nth: number, { port }: Mosquitto): Promise<Child> => {
  const real: Readonly<Record<string, string>> = { 1883: `${port}` };
  const args = (watches[nth]?.args ?? []).map((arg, at, all) =>
    all[at - 1] === '-P' ? serverToken : (real[arg] ?? arg),
  );
  // With -d it says when it is subscribed, and prints messages on lines of their own all the same.
  const child = startChild(atEnd, 'stdbuf', ['-oL', 'mosquitto_sub', '-d', ...args]);
  await child.stdout.first('the subscription', (line) => line.startsWith('Subscribed'));
  return child;
};

const messages = ({ stdout }: Child, count: number): Promise<readonly string[]> =>
  stdout
    .first('the messages', (line) => line.startsWith('{'), { nth: count })
    .then(() => stdout.entries.filter((line) => line.startsWith('{')));

describe('the examples in docs/health.md', () => {
  const atEnd = endingAfterTest();

  /** The settings on the page, in order. */
  const settings = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']): object => JSON.parse(json));

  itWithMosquitto('show the health', async () => {
    const broker = await startMosquitto(atEnd);
    const watcher = await watch(atEnd, 0, broker);
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['int1'],
      settings: settings[0] ?? {},
    });
    const daemon = await rig.connected();
    await messages(watcher, 1);
    expect(await daemon.stop()).to.include({ code: 0 });
    const clock = (line: string) =>
      timeless(line).replace('"clock_synchronised":false', '"clock_synchronised":true');
    expect((await messages(watcher, 2)).map(clock)).to.deep.equal(watches[0]?.lines.map(timeless));
  });

  itWithMosquitto('show receipts', async () => {
    const broker = await startMosquitto(atEnd);
    const watcher = await watch(atEnd, 1, broker);
    const all = { ...settings[1], receipts: 'all', hold_unregistered_ms: 0 };
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings: all });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open-door' });
    await messages(watcher, 1);
    await server.send(username, { function: 'nobody-open-door' });
    expect(await messages(watcher, 2)).to.deep.equal(watches[1]?.lines);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('show what check finds', async () => {
    const refused = { health_topic: 'u2s/health' };
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:9', settings: refused });
    const [command] = documented('health.md');
    const child = startCvmqtt(
      atEnd,
      (command?.args ?? []).map((arg) => (arg === 'my-unit' ? rig.home : arg)),
    );
    await child.exited;
    expect(child.output().stdout).to.match(shown(command?.output ?? ''));
  });
});
