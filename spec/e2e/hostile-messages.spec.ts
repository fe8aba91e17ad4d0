import { expect } from 'chai';
import { startBroker } from '../../sim/broker.js';
import { connectServer } from '../../sim/server.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startChild } from '../rig/child.js';
import { cvmqtt } from '../rig/daemon.js';
import { secret, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { packetIds, passed } from '../rig/passed.js';
import { itWith, itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { steeringIn } from '../rig/unprintable.js';
import { tapWire } from '../rig/wire-tap.js';

const evil = '\u001b]0;owned\u0007\u001b[2J\r\n\u0000\u0085\u009b31m\u2028\u202e\u2066\ufeff\u007f';
const long = 'x'.repeat(60_000);
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const envelope = (name: string, body = ''): string => JSON.stringify({ function: name, body });

/** A topic below `s2u/<username>/`, and a payload. */
const messages: readonly (readonly [string, string | Uint8Array])[] = [
  ['a', envelope(`${evil}-open`)],
  ['a', envelope(`int1-${evil}`, evil)],
  ['a', envelope(`vg:${evil}-open`)],
  ['a', envelope(evil)],
  ['a', envelope('-')],
  ['a', envelope('__proto__-open')],
  ['a', envelope('int1-\ud800', '\udfff')],
  ['a', `{"function":"int1-open","timeout":${JSON.stringify(evil)}}`],
  ['a', `{"function":"int1-open","body":${nested(10_000)}}`],
  ['a', `{"function":"int1-open","body":${nested(100_000)}}`],
  ['a', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['a', '{"function":"int1-open","__proto__":{"body":1},"constructor":1}'],
  ['a', `{"function":"int1-open","timeout":1e999}`],
  ['a', envelope(`${long}-open`)],
  ['a', envelope(`int1-${long}`)],
  ['a', envelope('int1-open', 'x'.repeat(1_048_576))],
  ['int1-open', Buffer.from([0xc3, 0x28, 0xff, 0x00, 0x1b])],
  ['int1-open', ''],
  ['int1-open', Buffer.alloc(1_048_576, 0xff)],
  ['int1-\u202e\u2028', 'x'],
  [`${long}-x`, 'x'],
  ['/'.repeat(190), 'x'],
];

describe('hostile messages', () => {
  const atEnd = endingAfterTest();

  for (const version of ['3.1.1', '5']) {
    itWithMosquitto(
      `are each settled and acknowledged, with MQTT ${version}, and can't control the log`,
      async () => {
        const broker = await startMosquitto(atEnd);
        const tap = await tapWire(atEnd, broker.port);
        const rig = await startRig(atEnd, {
          brokerUrl: tap.url,
          settings: { mqtt_version: version, hold_unregistered_ms: 0 },
          integrations: ['int1', evil, `my-app${evil}`, '__proto__'],
        });
        const daemon = await rig.connected('--log-level', 'debug');
        const server = await startServer(atEnd, broker.url);
        for (const [level, payload] of messages) await server.publish(`s2u/${username}/${level}`, payload);
        await server.send(username, { function: 'int1-open', body: 'the last one' });
        await rig.received.first('the last one', (each) => valueIn(each, 'body') === 'the last one');

        expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
        expect(packetIds(tap, 'puback')).to.deep.equal(packetIds(tap, 'publish'));
        // With MQTT 5, messages above the Maximum Packet Size never leave the broker.
        const large = version === '5' ? 2 : 0;
        expect(passed(tap, 'publish')).to.have.length(messages.length + 1 - large);
        expect(daemon.count('settled')).to.equal(messages.length + 1 - large);
        expect(daemon.output().stdout).to.equal('');
        expect(steeringIn(daemon.output().stderr)).to.deep.equal([]);
        expect(daemon.log.entries).to.have.length(daemon.stderr.entries.length);
        for (const line of daemon.stderr.entries) expect(line.length).to.be.below(4_096);
      },
    );
  }

  it('do no harm by their topics, if a broker lets them pass', async () => {
    const broker = await startBroker({ secret });
    atEnd(broker.close);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, settings: { hold_unregistered_ms: 0 } });
    const daemon = await rig.connected('--log-level', 'debug');
    const server = await connectServer({ url: broker.url, secret });
    atEnd(server.close);
    const levels = [...evil].filter((char) => char !== '\u0000').map((char) => `int1-${char}`);
    for (const level of levels) await server.publish(`s2u/${username}/${level}`, 'x');
    await daemon.logged('settled', levels.length);
    expect(daemon.log.entries.map(({ name }) => name)).to.include.members(levels);
    expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
    expect(steeringIn(daemon.output().stderr)).to.deep.equal([]);
  });

  itWith(
    'mosquitto',
    'mosquitto_passwd',
    'script',
  )("can't steer a terminal", async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      settings: { hold_unregistered_ms: 0 },
      integrations: ['int1'],
    });
    const command = `exec '${process.execPath}' '${cvmqtt}' run '${rig.home}' --log-level debug`;
    const terminal = startChild(atEnd, 'script', ['-qec', command, '/dev/null']);
    await terminal.stdout.first('a line for people', (line) => /^\d\d:.* info +subscribed to /.test(line));
    const server = await startServer(atEnd, broker.url);
    for (const [level, payload] of messages) await server.publish(`s2u/${username}/${level}`, payload);
    await server.send(username, { function: 'int1-last' });
    // In any order, as dead letters are written to the disk first; messages above the limit of MQTT 5 never come.
    const settled =
      /: (notified|undecodable|malformed-name|reserved-name|unregistered|too-large)(:| \[[0-9a-f]{12}\]$)/;
    const count = messages.length + 1 - 2;
    await terminal.stdout.first('all of them', (line) => settled.test(line), { nth: count });
    const { stdout } = terminal.output();
    expect(stdout)
      .to.contain('int1-last: notified')
      .and.to.contain('malformed-name')
      .and.to.contain('too-large');
    expect(steeringIn(stdout.replaceAll('\r\n', '\n'))).to.deep.equal([]);
    // It ends what runs in it; a closed terminal would only send SIGHUP, which reloads the settings.
    await terminal.end('SIGTERM');
  });
});
