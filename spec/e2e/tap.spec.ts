import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { endingAfterTest } from '../rig/at-end.js';
import type { Child } from '../rig/child.js';
import { startCvmqtt } from '../rig/daemon.js';
import { deadLetters } from '../rig/dead-letters.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const TapLine = t.intersection([
  t.type({ end: t.string, topic: t.string, targets: t.array(t.string) }),
  t.partial({ name: t.string, detail: t.string }),
]);

describe('cvmqtt tap', () => {
  const atEnd = endingAfterTest();

  const startTap = async (home: string, ...args: readonly string[]): Promise<Child> => {
    const child = startCvmqtt(atEnd, ['tap', home, ...args]);
    await child.stderr.first('subscription', (line) => line.startsWith('subscribed'));
    return child;
  };

  itWithMosquitto('prints what the daemon does with each message, and takes none from it', async () => {
    const broker = await startMosquitto(atEnd);
    const settings = { hold_unregistered_ms: 100 };
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
    const daemon = await rig.connected();
    const tap = await startTap(rig.home, '--json');
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open', body: '' });
    await server.send(username, { function: 'nodash', body: '' });
    await server.send(username, { function: 'vg:x-open', body: '' });
    await server.send(username, { function: 'int2-open', body: '' });
    await tap.stdout.filled('decisions', 4);
    const lines = tap.stdout.entries.map((line) => E.toUnion(decodeJsonWith(TapLine)(line)));
    expect(
      lines.map((line) => (typeof line === 'string' ? line : [line.name, line.end, line.targets])),
    ).to.have.deep.members([
      ['int1-open', 'notified', ['notifier']],
      [undefined, 'malformed-name', []],
      ['vg:x-open', 'reserved-name', []],
      ['int2-open', 'unregistered', []],
    ]);
    await daemon.log.first('settlement', (line) => line['reason'] === 'unregistered');
    await rig.received.filled('notifications', 1);
    expect(await tap.end('SIGINT')).to.include({ code: 0, signal: null });
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(daemon.count('disconnected')).to.equal(0);
    expect(await daemon.logged('stopped')).to.include({ notified: 1, unregistered: 1 });
    expect(rig.accepted.entries).to.have.length(1);
    // The daemon's own, and no other.
    expect(await deadLetters(rig.home)).to.have.length(3);
  });

  itWithMosquitto('follows the live set, and sends nothing where no daemon runs', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url });
    const tap = await startTap(rig.home, '--count', '1');
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open', body: '' });
    await rig.cvmain.register('int1');
    expect(await tap.exited).to.include({ code: 0 });
    expect(tap.stdout.entries).to.have.length(1);
    expect(tap.stdout.entries[0]).to.match(
      /^\d\d:\d\d:\d\d\.\d{3} {2}int1-open {22}→ notifier(, after \d+\.\d{3} s)?$/,
    );
    expect(rig.accepted.entries).to.deep.equal([]);
  });

  itWithMosquitto('shows what was requested, on one line without control characters', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1', 'int2'] });
    const args = ['--reason', 'notified', '--reason', 'malformed-name', '--count', '2'];
    const tap = await startTap(rig.home, ...args);
    const only = await startTap(rig.home, '--integration', 'int2', '--count', '1');
    const server = await startServer(atEnd, broker.url);
    await server.publish(`s2u/${username}/\u202e`, 'x');
    await server.send(username, { function: 'vg:x-open', body: '' });
    await server.send(username, { function: 'int1-open', body: '' });
    await server.send(username, { function: 'int2-open', body: '' });
    for (const each of [tap, only]) expect(await each.exited).to.include({ code: 0 });
    // On a busy machine it may say that a message took a moment.
    const shown = (line: string): string => line.slice(14).replace(/, after \d+\.\d{3} s$/, '');
    expect(tap.stdout.entries.map(shown)).to.deep.equal([
      `${`s2u/${username}/\\u202e`.padEnd(30)} malformed-name: "\\u202e": the name has no dash`,
      'int1-open                      → notifier',
    ]);
    expect(only.stdout.entries.map(shown)).to.deep.equal(['int2-open                      → notifier']);
  });

  itWithMosquitto('ends silently when its reader has ended', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const tap = await startTap(rig.home);
    const server = await startServer(atEnd, broker.url);
    tap.stopReading();
    await server.send(username, { function: 'int1-open', body: '' });
    expect(await tap.exited).to.include({ code: 0, signal: null });
  });

  const wrong: readonly [args: readonly string[], code: number, says: RegExp][] = [
    [[], 2, /give one configuration directory/],
    [['/missing'], 78, /\/missing: is not a readable directory/],
    [['/missing', '--reason', 'bored'], 2, /--reason must be one of notified, unsubscribed/],
    [['/missing', '--count', '0'], 2, /--count/],
    [['/missing', '-h', 'x'], 2, /Unknown option '-h'/],
  ];
  for (const [args, code, says] of wrong) {
    it(`reports the mistake in ${args.join(' ') || 'nothing'}`, async () => {
      const child = startCvmqtt(atEnd, ['tap', ...args]);
      expect(await child.exited).to.include({ code });
      expect(child.stderr.entries[0]).to.match(says);
    });
  }
});
