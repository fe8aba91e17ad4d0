import { copyFile } from 'node:fs/promises';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest } from '../rig/at-end.js';
import { type Certificates, makeCertificates } from '../rig/certificates.js';
import { startDaemon } from '../rig/daemon.js';
import { freePort } from '../rig/free-port.js';
import { username } from '../rig/login.js';
import { type Mosquitto, startMosquitto } from '../rig/mosquitto.js';
import { packetIds } from '../rig/passed.js';
import { itWith, itWithMosquitto } from '../rig/programs.js';
import { type Rig, startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { openWebSocket } from '../rig/web-socket.js';
import { tapWire } from '../rig/wire-tap.js';

const itWithTls = itWith('mosquitto', 'mosquitto_passwd', 'openssl');

describe('transports', () => {
  const atEnd = endingAfterTest();

  /** A broker with a TLS listener besides the plain one. */
  async function startTls(certificates: Certificates) {
    const port = await freePort();
    const { certificate, key } = certificates;
    const more = [`listener ${port} 127.0.0.1`, `certfile ${certificate}`, `keyfile ${key}`];
    const broker = await startMosquitto(atEnd, { more });
    const rig = await startRig(atEnd, { brokerUrl: `mqtts://127.0.0.1:${port}`, integrations: ['int1'] });
    return { broker, rig };
  }

  const trust = (rig: Rig, { ca }: Certificates) => copyFile(ca, layout(rig.home).ca);

  /** Checks that messages arrive and are acknowledged: after a restart none comes again. */
  async function forwards(broker: Mosquitto, rig: Rig): Promise<void> {
    const server = await startServer(atEnd, broker.url);
    const daemon = await rig.connected();
    await server.send(username, { function: 'int1-open', body: 'one' });
    await rig.received.filled('notification', 1);
    expect(await daemon.stop()).to.include({ code: 0 });
    const again = await rig.connected();
    await server.send(username, { function: 'int1-open', body: 'two' });
    await rig.received.filled('notification', 2);
    expect(await again.stop()).to.include({ code: 0 });
    expect(await again.logged('stopped')).to.include({ notified: 1 });
  }

  /** Checks that it does not connect, and why. */
  async function refuses(rig: Rig, why: RegExp): Promise<void> {
    const daemon = startDaemon(atEnd, rig.home);
    const line = await daemon.logged('disconnected');
    expect(line).to.include({ level: 'warn', reason: 'unreachable' });
    expect(line.message).to.match(why);
    await daemon.logged('disconnected', 2);
    expect(daemon.count('connected')).to.equal(0);
    expect(await daemon.stop()).to.include({ code: 0 });
  }

  itWithTls('mqtts: with the certificate authority in mq/ca.pem', async () => {
    const certificates = await makeCertificates(atEnd);
    const { broker, rig } = await startTls(certificates);
    await trust(rig, certificates);
    await forwards(broker, rig);
  });

  itWithTls('mqtts: not with another certificate authority', async () => {
    const { rig } = await startTls(await makeCertificates(atEnd));
    await trust(rig, await makeCertificates(atEnd));
    await refuses(rig, /certificate/);
  });

  itWithTls('mqtts: not with the system’s authorities alone', async () => {
    const { rig } = await startTls(await makeCertificates(atEnd));
    await refuses(rig, /certificate/);
  });

  itWithTls('mqtts: not with a certificate for another address', async () => {
    const certificates = await makeCertificates(atEnd, 'IP:127.0.0.2');
    const { rig } = await startTls(certificates);
    await trust(rig, certificates);
    await refuses(rig, /does not match certificate/);
  });

  itWithMosquitto('ws: with the path of the address', async () => {
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const entrance = await openWebSocket(atEnd, tap.port);
    const brokerUrl = `ws://127.0.0.1:${entrance.port}/broker/mqtt?unit=1`;
    await forwards(broker, await startRig(atEnd, { brokerUrl, integrations: ['int1'] }));
    expect(entrance.requests).to.deep.equal(Array(2).fill('/broker/mqtt?unit=1 mqtt'));
    expect(packetIds(tap, 'puback')).to.deep.equal(packetIds(tap, 'publish'));
  });

  itWithTls('wss: with the certificate authority in mq/ca.pem', async () => {
    const broker = await startMosquitto(atEnd);
    const certificates = await makeCertificates(atEnd);
    const entrance = await openWebSocket(atEnd, broker.port, certificates);
    const brokerUrl = `wss://127.0.0.1:${entrance.port}`;
    const rig = await startRig(atEnd, { brokerUrl, integrations: ['int1'] });
    await trust(rig, certificates);
    await forwards(broker, rig);
    expect(entrance.requests).to.deep.equal(Array(2).fill('/ mqtt'));
  });
});
