import { once } from 'node:events';
import { chmod, copyFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { layout } from '../../lib/config/layout.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { writeCredentials } from '../../sim/cvmain-home.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { makeCertificates } from '../rig/certificates.js';
import { startCvmqtt } from '../rig/daemon.js';
import { documented, shown, timeless } from '../rig/documented.js';
import { freePort } from '../rig/free-port.js';
import { renewedUnitToken, unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWith, itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { rightOf } from '../support/either.js';

const Line = t.type({ subject: t.string, level: t.string, code: t.string, text: t.string });

describe('cvmqtt check', () => {
  const atEnd = endingAfterTest();

  /** What it finds that is not ok, but for the clock, which is this machine's, and that no app runs here; no output has the token. */
  async function check(home: string, args: readonly string[] = [], under: readonly string[] = []) {
    const child = startCvmqtt(atEnd, ['check', home, '--json', ...args], { STATE_DIRECTORY: '' }, under);
    const { code } = await child.exited;
    const { stdout, stderr } = child.output();
    expect(stderr).to.equal('');
    for (const token of [unitToken, renewedUnitToken]) expect(stdout).to.not.include(token.slice(-20));
    const findings = stdout
      .trimEnd()
      .split('\n')
      .map((line) => rightOf(decodeJsonWith(Line)(line)));
    const bad = findings
      .filter(
        ({ level, subject, code: found }) =>
          level !== 'ok' && subject !== 'clock' && found !== 'none-registered',
      )
      .map((each) => `${each.level} ${each.code}`);
    return { code, bad, findings };
  }

  const nowhere = 'mqtt://127.0.0.1:9';

  itWithMosquitto('finds a unit well, and leaves the running daemon its session', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = await rig.connected();
    const { code, bad, findings } = await check(rig.home);
    expect({ code, bad }).to.deep.equal({ code: 0, bad: [] });
    const [seen] = findings.filter(({ subject }) => subject === 'cvmain');
    expect(seen?.text).to.equal(`version 1.0.0-sim, protocol 1.0.2, on ${rig.cvmain.address}, by http2`);
    expect(findings.map((each) => each.code)).to.include.members([
      'cvmain-answers',
      'address-reached',
      'login-accepted',
      'filter-granted',
    ]);
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open' });
    await rig.received.filled('notification', 1);
    expect(daemon.count('disconnected')).to.equal(0);
  });

  itWithMosquitto('finds a refused login', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url });
    await writeCredentials(rig.home, broker.url, username, renewedUnitToken);
    expect(await check(rig.home)).to.deep.include({ code: 1, bad: ['error login-refused'] });
  });

  it('finds dead neighbours', async () => {
    const rig = await startRig(atEnd, { brokerUrl: nowhere });
    await rig.cvmain.close();
    const { code, bad } = await check(rig.home);
    expect(code).to.equal(1);
    expect(bad).to.deep.equal([
      'error cvmain-silent',
      'warning cvmain-silent',
      'error address-dead',
      'error broker-unreachable',
    ]);
  });

  /** A unit whose broker does this with a connection. */
  const unitOf = async (broker: (socket: Socket) => void) => {
    const server = createServer((socket) => {
      atEnd(() => socket.destroy());
      broker(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    return startRig(atEnd, { brokerUrl: `mqtt://127.0.0.1:${port}` });
  };

  /** CONNACK of MQTT 5: accepted. */
  const connack = Buffer.from([0x20, 3, 0, 0, 0]);

  it('finds a broker that does not answer SUBSCRIBE', async () => {
    const rig = await unitOf((socket) => socket.once('data', () => socket.write(connack)));
    expect(await check(rig.home)).to.deep.include({ code: 1, bad: ['error subscribe-late'] });
  });

  it('finds a broker that ends the connection at SUBSCRIBE', async () => {
    const rig = await unitOf((socket) =>
      socket.once('data', () => {
        socket.write(connack);
        socket.once('data', () => socket.end());
      }),
    );
    expect(await check(rig.home)).to.deep.include({ code: 1, bad: ['error subscribe-ended'] });
  });

  itWithMosquitto('finds a broker without retained messages, if there is a health topic', async () => {
    const broker = await startMosquitto(atEnd, { more: ['retain_available false'] });
    const rig = await startRig(atEnd, { brokerUrl: broker.url });
    expect(await check(rig.home)).to.deep.include({ bad: [] });
    await writeFile(layout(rig.home).settings, `{"health_topic": "u2s/\${username}/health"}`);
    expect(await check(rig.home)).to.deep.include({ code: 0, bad: ['warning no-retain'] });
  });

  it('finds a broker that accepts connections and says nothing, and ends', async () => {
    const rig = await unitOf(() => undefined);
    const startedAt = performance.now();
    expect(await check(rig.home)).to.deep.include({ code: 1, bad: ['error broker-late'] });
    expect(performance.now() - startedAt).to.be.below(20_000);
  });

  it('finds an address family of the name that is dead', async () => {
    const port = await freePort();
    const rig = await startRig(atEnd, { brokerUrl: `mqtt://[::1]:${port}` });
    const { findings } = await check(rig.home);
    expect(findings.find(({ code }) => code === 'address-dead')?.text).to.match(/^IPv6 ::1: E/);
  });

  const itWithTls = itWith('mosquitto', 'mosquitto_passwd', 'openssl', 'faketime');
  const wrongCertificates: readonly (readonly [
    string,
    string,
    readonly string[],
    RegExp,
    readonly string[],
  ])[] = [
    ['of another host', 'IP:127.0.0.2', [], /does not match certificate/, ['error certificate']],
    [
      'that has expired',
      'IP:127.0.0.1',
      ['faketime', '-f', '+400d'],
      /expired/,
      ['error ca-expired', 'warning certificate-expires', 'error certificate'],
    ],
  ];
  for (const [title, name, under, why, expected] of wrongCertificates) {
    itWithTls(`finds a certificate ${title}`, async () => {
      const { ca, certificate, key } = await makeCertificates(atEnd, name);
      const port = await freePort();
      const more = [`listener ${port} 127.0.0.1`, `certfile ${certificate}`, `keyfile ${key}`];
      await startMosquitto(atEnd, { more });
      const rig = await startRig(atEnd, { brokerUrl: `mqtts://127.0.0.1:${port}` });
      await copyFile(ca, layout(rig.home).ca);
      const { code, bad, findings } = await check(rig.home, [], under);
      expect({ code, bad }).to.deep.equal({ code: 1, bad: expected });
      expect(findings.find((each) => each.code === 'certificate')?.text).to.match(why);
    });
  }

  it('writes nothing', async () => {
    const rig = await startRig(atEnd, { brokerUrl: nowhere });
    const before = await readdir(rig.home, { recursive: true });
    await check(rig.home);
    expect(await readdir(rig.home, { recursive: true })).to.deep.equal(before);
  });

  it('offline: asks no neighbour, and finds what the files and the disk say', async () => {
    const rig = await startRig(atEnd, { brokerUrl: nowhere, integrations: ['int1', 'my-app'] });
    expect(await check(rig.home, ['--offline'])).to.deep.include({ code: 0, bad: ['warning dashed-name'] });
    expect(await check(rig.home, ['--offline', '--strict'])).to.include({ code: 1 });
    const stateDir = join(layout(rig.home).cvmain, 'state');
    expect((await check(rig.home, ['--offline', '--state-dir', stateDir])).bad).to.include(
      'error state-unwritable',
    );
    const older = await temporaryDirectory(atEnd);
    await writeFile(join(older, 'spool.ndjson.v2'), '');
    expect((await check(rig.home, ['--offline', '--state-dir', older])).bad).to.include(
      'warning newer-files',
    );
    await writeFile(layout(rig.home).settings, '{"keep_alive_s":60}');
    expect(await check(rig.home, ['--offline'])).to.include({ code: 78 });
  });

  it('says what the documentation shows', async () => {
    const rig = await startRig(atEnd, { brokerUrl: nowhere, integrations: ['int1', 'my-app'] });
    await writeFile(layout(rig.home).settings, '{}');
    await chmod(layout(rig.home).credentials, 0o644);
    const [example] = documented('check.md');
    const args = (example?.args ?? []).map((arg) => (arg === 'my-unit' ? rig.home : arg));
    const child = startCvmqtt(atEnd, args);
    await child.exited;
    expect(`${timeless(child.output().stdout)}\n`).to.match(shown(timeless(example?.output ?? '')));
  });
});
