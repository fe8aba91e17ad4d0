import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { type Notification, startApp } from '../../sim/app.js';
import type { NotificationRequest } from '../../sim/cvmain-service.js';
import { freePort } from '../rig/free-port.js';
import { cleanup } from '../support/cleanup.js';
import { leftOf, rejectionOf, rightOf } from '../support/either.js';
import { notify, setUp } from './support/cvmain.js';
import { type Inbox, inbox } from './support/inbox.js';

const ok = { success: true, errMsg: '', code: 0 };
const request = { msg_type: 'int1-open', vals: [{ k: 'body', v: 'äöü "quoted"' }] };
const notification = { type: 'int1-open', vals: [{ k: 'body', v: 'äöü "quoted"' }] };
const anyPort = '127.0.0.1:0';

describe('notifications', () => {
  const atEnd = cleanup();

  async function startTestApp() {
    const received: Inbox<Notification> = inbox();
    const app = await startApp({ onNotification: received.put });
    atEnd(app.close);
    return { app, received };
  }

  it('go to the system notifier', async () => {
    const { cvmain, notified } = await setUp(atEnd);
    expect(rightOf(await notify(cvmain, request))).to.deep.equal(ok);
    expect(await notified.filled(1)).to.deep.equal([notification]);
  });

  it('may have no values', async () => {
    const { cvmain, notified } = await setUp(atEnd);
    await notify(cvmain, { msg_type: 'door_opened' });
    expect(await notified.filled(1)).to.deep.equal([{ type: 'door_opened', vals: [] }]);
  });

  it('go to the integration alone if it is given', async () => {
    const { cvmain, notified } = await setUp(atEnd);
    const { app, received } = await startTestApp();
    const integration = { bind_addr: anyPort, send_addr: app.address };
    expect(rightOf(await notify(cvmain, { ...request, integration }))).to.deep.equal(ok);
    expect(await received.filled(1)).to.deep.equal([notification]);
    await notify(cvmain, { msg_type: 'another' });
    expect(await notified.filled(1)).to.deep.equal([{ type: 'another', vals: [] }]);
  });

  it('are one packet each, in the order of the calls', async () => {
    const { cvmain, notified } = await setUp(atEnd);
    const types = Array.from({ length: 200 }, (_, number) => `int1-${number}`);
    for (const msg_type of types) rightOf(await notify(cvmain, { msg_type }));
    expect((await notified.filled(200)).map(({ type }) => type)).to.deep.equal(types);
  });

  it('leave from the given address, even if it is the notifier’s own', async () => {
    const port = await freePort();
    const free = `127.0.0.1:${port}`;
    const { cvmain, notified } = await setUp(atEnd, { notifierBindAddr: free });
    const { app, received } = await startTestApp();
    const integration = { bind_addr: free, send_addr: app.address };
    rightOf(await notify(cvmain, request));
    expect(rightOf(await notify(cvmain, { ...request, integration }))).to.deep.equal(ok);
    await Promise.all([notified.filled(1), received.filled(1)]);
    // cvmain has the address now.
    const taken = startApp({ port, onNotification: () => undefined });
    expect(await rejectionOf(taken)).to.have.property('code', 'EADDRINUSE');
  });

  it('are refused while the source address is in use, and sent once it is free', async () => {
    const { cvmain } = await setUp(atEnd);
    const { app, received } = await startTestApp();
    const { app: squatter } = await startTestApp();
    const integration = { bind_addr: squatter.address, send_addr: app.address };
    const refused = rightOf(await notify(cvmain, { ...request, integration }));
    expect(refused).to.include({ success: false, code: 4 });
    expect(refused.errMsg).to.contain('EADDRINUSE');
    await squatter.close();
    expect(rightOf(await notify(cvmain, { ...request, integration }))).to.deep.equal(ok);
    await received.filled(1);
  });

  const badAddresses = [
    '',
    'nonsense',
    '127.0.0.1',
    '127.0.0.1:',
    ':6001',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    'a b:6001',
  ];
  for (const address of badAddresses)
    it(`are refused for the address ${JSON.stringify(address)}`, async () => {
      const { cvmain } = await setUp(atEnd);
      const integration = { bind_addr: anyPort, send_addr: address };
      const answer = rightOf(await notify(cvmain, { ...request, integration }));
      expect(answer).to.deep.equal({
        success: false,
        errMsg: `${JSON.stringify(address)} is not address:port`,
        code: 4,
      });
    });

  it('are refused for port 0, and for an invalid source address', async () => {
    const { cvmain, notifier } = await setUp(atEnd);
    const toNowhere = { bind_addr: anyPort, send_addr: anyPort };
    expect(rightOf(await notify(cvmain, { ...request, integration: toNowhere })).errMsg).to.contain('port 0');
    const fromNowhere = { bind_addr: 'nowhere', send_addr: notifier.address };
    const answer = rightOf(await notify(cvmain, { ...request, integration: fromNowhere }));
    expect(answer.errMsg).to.equal('"nowhere" is not address:port');
  });

  it('leave from any port if no source address is given', async () => {
    const { cvmain } = await setUp(atEnd);
    const { app, received } = await startTestApp();
    rightOf(await notify(cvmain, { ...request, integration: { send_addr: app.address } }));
    await received.filled(1);
  });

  it('may be as large as a UDP packet, and no larger', async () => {
    const { cvmain, notified } = await setUp(atEnd);
    const empty = JSON.stringify({ type: '', vals: [] }).length;
    const answer = await notify(cvmain, { msg_type: 'x'.repeat(65_507 - empty) });
    expect(rightOf(answer)).to.deep.equal(ok);
    await notified.filled(1);
    const refused = rightOf(await notify(cvmain, { msg_type: 'x'.repeat(65_508 - empty) }));
    expect(refused).to.include({ success: false, code: 4 });
    expect(refused.errMsg).to.contain('EMSGSIZE');
  });

  it('leave from 32 addresses at most', async () => {
    const { cvmain, notifier } = await setUp(atEnd);
    const apps = await Promise.all(Array.from({ length: 33 }, startTestApp));
    const [oneTooMany = '', ...addresses] = apps.map(({ app }) => app.address);
    await Promise.all(apps.map(({ app }) => app.close()));
    const send = async (bind_addr: string) =>
      rightOf(await notify(cvmain, { ...request, integration: { bind_addr, send_addr: notifier.address } }));
    for (const address of addresses) expect(await send(address)).to.deep.equal(ok);
    expect(await send(oneTooMany)).to.include({ success: false, errMsg: 'too many addresses to send from' });
    for (const address of addresses) expect(await send(address)).to.deep.equal(ok);
  });

  describe('intercepted', () => {
    it('are refused if the hook says so, and not sent', async () => {
      let no = true;
      const refusal = { success: false, errMsg: 'no', code: 7 };
      const { cvmain, notified } = await setUp(atEnd, {
        intercept: async (_, pass) => (no ? refusal : pass()),
      });
      expect(rightOf(await notify(cvmain, request))).to.deep.equal(refusal);
      no = false;
      await notify(cvmain, { msg_type: 'another' });
      expect((await notified.filled(1)).map(({ type }) => type)).to.deep.equal(['another']);
    });

    it('may fail with a status, even after the packet was sent', async () => {
      const { cvmain, notified } = await setUp(atEnd, {
        intercept: async (_, pass) => {
          await pass();
          return { code: status.UNAVAILABLE, details: 'gone' };
        },
      });
      expect(leftOf(await notify(cvmain, request))).to.deep.equal({
        reason: 'call-failed',
        status: 'UNAVAILABLE',
        detail: 'gone',
      });
      await notified.filled(1);
    });

    it('fail with INTERNAL if the hook throws', async () => {
      const { cvmain } = await setUp(atEnd, { intercept: () => Promise.reject(new Error('a mistake')) });
      expect(leftOf(await notify(cvmain, request))).to.include({ status: 'INTERNAL', detail: 'a mistake' });
    });

    it('pass the request to the hook', async () => {
      const asked = inbox<NotificationRequest>();
      const { cvmain } = await setUp(atEnd, {
        intercept: (seen, pass) => {
          asked.put(seen);
          return pass();
        },
      });
      await notify(cvmain, request);
      expect(await asked.filled(1)).to.deep.equal([{ ...request, integration: null }]);
    });
  });

  it('are counted as accepted if and only if the answer says success', async () => {
    const accepted = inbox<NotificationRequest>();
    const { cvmain } = await setUp(atEnd, {
      onAccepted: accepted.put,
      intercept: async ({ msg_type }, pass) =>
        msg_type === 'failing' ? { code: status.INTERNAL, details: '' } : pass(),
    });
    await notify(cvmain, { msg_type: 'failing' });
    await notify(cvmain, { msg_type: 'refused', integration: { send_addr: 'nowhere' } });
    await notify(cvmain, { msg_type: 'accepted' });
    expect(accepted.items.map(({ msg_type }) => msg_type)).to.deep.equal(['accepted']);
  });
});
