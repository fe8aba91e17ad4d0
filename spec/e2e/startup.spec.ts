import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { startBroker } from '../../sim/broker.js';
import { connectServer } from '../../sim/server.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startDaemon } from '../rig/daemon.js';
import { secret, unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const ended = { code: 0, signal: null };
const command = { function: 'int1-open', body: 'here' };

describe('start-up', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('waits for cvmain, and reports it once', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    await rig.cvmain.suspend();
    const daemon = startDaemon(atEnd, rig.home);
    expect(await daemon.logged('waiting')).to.include({ waiting_for: 'cvmain' });
    await rig.cvmain.resume();
    await daemon.logged('subscribed');
    const server = await startServer(atEnd, broker.url);
    await server.send(username, command);
    await rig.received.filled('notification', 1);
    expect(daemon.count('waiting')).to.equal(1);
    expect(daemon.count('cvmain-serves')).to.equal(1);
    expect(await daemon.stop()).to.deep.equal(ended);
  });

  itWithMosquitto('prints no secret when DEBUG makes the libraries verbose', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = startDaemon(atEnd, rig.home, [], { DEBUG: '*' });
    await daemon.logged('subscribed');
    expect(await daemon.stop()).to.deep.equal(ended);
    const { stdout, stderr } = daemon.output();
    expect(`${stdout}${stderr}`).to.not.include(unitToken);
    expect(stderr).to.not.include('mqttjs');
  });

  itWithMosquitto('waits for the registration of the unit, and reports it once', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    await rm(layout(rig.home).credentials);
    const daemon = startDaemon(atEnd, rig.home);
    expect(await daemon.logged('waiting')).to.include({ waiting_for: 'registration' });
    await rig.cvmain.setToken(unitToken);
    await daemon.logged('subscribed');
    expect(daemon.count('waiting')).to.equal(1);
    expect(await daemon.stop()).to.deep.equal(ended);
  });

  itWithMosquitto('waits for the broker', async () => {
    const broker = await startMosquitto(atEnd, { stopped: true });
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = startDaemon(atEnd, rig.home);
    expect(await daemon.logged('disconnected')).to.include({ reason: 'unreachable' });
    await broker.start();
    await daemon.logged('subscribed');
    const server = await startServer(atEnd, broker.url);
    await server.send(username, command);
    await rig.received.filled('notification', 1);
    expect(await daemon.stop()).to.deep.equal(ended);
  });

  it('falls back to MQTT 3.1.1 if the broker does not support MQTT 5', async () => {
    const broker = await startBroker({ secret });
    atEnd(broker.close);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = await rig.connected();
    expect(await daemon.logged('connected')).to.include({ mqtt_version: '3.1.1' });
    const server = await connectServer({ url: broker.url, secret });
    atEnd(server.close);
    await server.send(username, command);
    await rig.received.filled('notification', 1);
    expect(daemon.count('disconnected')).to.equal(0);
    expect(await daemon.stop()).to.deep.equal(ended);
  });
});

describe('SIGTERM ends it with code 0', () => {
  const atEnd = endingAfterTest();

  const startWaiting = async (what: 'cvmain' | 'registration' | 'broker') => {
    const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1' });
    if (what === 'cvmain') await rig.cvmain.suspend();
    if (what === 'registration') await rm(layout(rig.home).credentials);
    return startDaemon(atEnd, rig.home);
  };

  it('while it waits for cvmain', async () => {
    const daemon = await startWaiting('cvmain');
    await daemon.logged('waiting');
    expect(await daemon.stop()).to.deep.equal(ended);
  });

  it('while it waits for the registration', async () => {
    const daemon = await startWaiting('registration');
    await daemon.logged('waiting');
    expect(await daemon.stop()).to.deep.equal(ended);
  });

  it('while it waits for the broker', async () => {
    const daemon = await startWaiting('broker');
    await daemon.logged('disconnected');
    expect(await daemon.stop()).to.deep.equal(ended);
  });
});
