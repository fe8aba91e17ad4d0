import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { parse } from 'jsonc-parser';
import { startCvmain } from '../../sim/cvmain.js';
import { callCvmain } from '../../sim/rpc.js';
import { cleanup, temporaryDirectory } from '../support/cleanup.js';
import { leftOf, rejectionOf, rightOf } from '../support/either.js';
import { setUp, Wrapped } from './support/cvmain.js';

const ok = { success: true, errMsg: '', code: 0 };
const read = async (...path: string[]): Promise<unknown> => JSON.parse(await readFile(join(...path), 'utf8'));

describe('cvmain', () => {
  const atEnd = cleanup();

  describe('rpcs', () => {
    it('get_version and get_protocol_version', async () => {
      const { cvmain } = await setUp(atEnd, { version: '9.8.7', protocolVersion: '1.0.2' });
      const Version = t.type({ resp: t.unknown, version: t.string });
      const version = await callCvmain(cvmain.address, 'get_version', {}, Version);
      expect(rightOf(version)).to.deep.equal({ resp: ok, version: '9.8.7' });
      const protocol = await callCvmain(cvmain.address, 'get_protocol_version', {}, Version);
      expect(rightOf(protocol)).to.deep.equal({ resp: ok, version: '1.0.2' });
    });

    it('ping', async () => {
      const { cvmain } = await setUp(atEnd);
      expect(rightOf(await callCvmain(cvmain.address, 'ping', {}, Wrapped))).to.deep.equal({ resp: ok });
    });

    it('get_auth_token gives the current token, which may be empty', async () => {
      let token = 'first';
      const { cvmain } = await setUp(atEnd, { token: () => token });
      const Token = t.type({ resp: t.unknown, token: t.string });
      const ask = async () => rightOf(await callCvmain(cvmain.address, 'get_auth_token', {}, Token));
      expect(await ask()).to.deep.equal({ resp: ok, token: 'first' });
      token = '';
      expect(await ask()).to.deep.equal({ resp: ok, token: '' });
    });
  });

  describe('the configuration directory', () => {
    it('has config.json with comments and the defaults', async () => {
      const { home, cvmain, notifier } = await setUp(atEnd);
      const text = await readFile(join(home, 'config.json'), 'utf8');
      expect(text).to.match(/^ *\/\//m);
      expect(parse(text)).to.deep.equal({
        local_server: { bind_addr: cvmain.address },
        notification_server: { bind_addr: '127.0.0.1:0', send_addr: notifier.address },
        mq: { external_integrations: false, msgs_via_notifier: true },
      });
    });

    it('has the requested messaging options', async () => {
      const { home } = await setUp(atEnd, {
        externalIntegrations: true,
        msgsViaNotifier: false,
        notifierBindAddr: '127.0.0.1:5554',
      });
      expect(parse(await readFile(join(home, 'config.json'), 'utf8'))).to.deep.include({
        mq: { external_integrations: true, msgs_via_notifier: false },
      });
    });

    it('has the login of the unit, in files that only their owner can read', async () => {
      const { home } = await setUp(atEnd);
      expect(await read(home, 'auth.json')).to.include({ username: 'cv12345' });
      expect(await read(home, 'mq', 'mq.json')).to.deep.equal({
        server_uri: 'tcp://127.0.0.1:1883',
        username: 'cv12345',
        password: 'the token',
      });
      expect((await stat(join(home, 'mq', 'mq.json'))).mode & 0o777).to.equal(0o600);
    });

    it('gets a refreshed token', async () => {
      const { home, cvmain } = await setUp(atEnd);
      await Promise.all(Array.from({ length: 20 }, (_, number) => cvmain.setToken(`token ${number}`)));
      expect(await read(home, 'mq', 'mq.json')).to.include({ username: 'cv12345', password: 'token 19' });
    });

    it('is created if it is missing, and updated if it is not', async () => {
      const parent = await temporaryDirectory(atEnd);
      const first = await setUp(atEnd, { home: join(parent, 'deep', 'home') });
      await first.cvmain.close();
      const { cvmain } = await setUp(atEnd, { home: first.home, username: 'cv2' });
      expect(parse(await readFile(join(first.home, 'config.json'), 'utf8'))).to.deep.include({
        local_server: { bind_addr: cvmain.address },
      });
      expect(await read(first.home, 'mq', 'mq.json')).to.include({ username: 'cv2' });
    });

    it('is left alone if the port is in use', async () => {
      const { home, cvmain } = await setUp(atEnd);
      const options = {
        home,
        username: 'other',
        token: () => '',
        brokerUrl: '',
        notifierAddr: '127.0.0.1:5555',
      };
      const error = await rejectionOf(startCvmain({ ...options, port: cvmain.port }));
      expect(error).to.have.property('code', 'EADDRINUSE');
      expect(await read(home, 'mq', 'mq.json')).to.include({ username: 'cv12345' });
    });

    it('gives an error with file and field if its integrations are broken', async () => {
      const home = await temporaryDirectory(atEnd);
      await mkdir(join(home, 'mq'));
      const file = join(home, 'mq', 'integrations.json');
      await writeFile(
        file,
        '[{"name":"int1"},{"name":"int2","integration":{"host":"127.0.0.1","port":"x"}}]',
      );
      const error = await rejectionOf(setUp(atEnd, { home }));
      expect(error).to.have.property(
        'message',
        `${file}: field 1.integration.port: expected number, found a string`,
      );
    });
  });

  it('does not keep the port if the start failed', async () => {
    const first = await setUp(atEnd);
    await first.cvmain.close();
    const { port } = first.cvmain;
    await writeFile(join(first.home, 'mq', 'integrations.json'), '{}');
    expect(await rejectionOf(setUp(atEnd, { home: first.home, port }))).to.be.instanceOf(Error);
    expect((await setUp(atEnd, { port })).cvmain.port).to.equal(port);
  });

  describe('outages', () => {
    it('fail calls until cvmain is back, on the same port', async () => {
      const { cvmain } = await setUp(atEnd);
      await cvmain.suspend();
      const failure = leftOf(await callCvmain(cvmain.address, 'ping', {}, Wrapped));
      expect(failure).to.include({ reason: 'call-failed', status: 'UNAVAILABLE' });
      await cvmain.resume();
      expect(rightOf(await callCvmain(cvmain.address, 'ping', {}, Wrapped))).to.deep.equal({ resp: ok });
    });

    it('may be a call that hangs', async () => {
      const { cvmain } = await setUp(atEnd, { intercept: () => new Promise(() => undefined) });
      const call = callCvmain(cvmain.address, 'send_notification', { msg_type: 'a-b' }, t.unknown, 50);
      expect(leftOf(await call)).to.include({ reason: 'call-failed', status: 'DEADLINE_EXCEEDED' });
    });

    it('cut off calls in progress', async () => {
      let called: () => void = () => undefined;
      const arrived = new Promise<void>((resolve) => {
        called = resolve;
      });
      const { cvmain } = await setUp(atEnd, {
        intercept: () => {
          called();
          return new Promise(() => undefined);
        },
      });
      const call = callCvmain(cvmain.address, 'send_notification', { msg_type: 'a-b' }, t.unknown);
      await arrived;
      await cvmain.suspend();
      expect(leftOf(await call)).to.include({ reason: 'call-failed', status: 'UNAVAILABLE' });
    });
  });
});
