import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { startCvmain } from '../../sim/cvmain.js';
import { endingAfterTest } from '../rig/at-end.js';
import { holdCalls } from '../rig/held-calls.js';
import { unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const bodiesOf = (received: readonly { readonly vals: { k: string; v: string }[] }[]) =>
  received.map((each) => valueIn(each, 'body'));

describe('a changed configuration', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('is applied at SIGHUP, in the same session', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['vg:upgrader'],
      allowReserved: true,
    });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    const send = (body: string) => server.send(username, { function: 'vg:upgrader-check', body });
    await send('not trusted yet');
    expect(await daemon.logged('settled')).to.include({ reason: 'reserved-name' });
    await writeFile(layout(rig.home).settings, '{"reserved_integrations":["vg:upgrader"]}');
    daemon.signal('SIGHUP');
    await daemon.logged('configuration-changed');
    expect(await daemon.logged('connected', 2)).to.include({ session_present: true });
    await send('trusted');
    expect(valueIn(await rig.received.first('the message'), 'body')).to.equal('trusted');
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(await daemon.logged('stopped')).to.include({ notified: 1, 'reserved-name': 1 });
  });

  itWithMosquitto('repeats no settled message, and loses no unsettled one', async () => {
    const calls = holdCalls();
    const broker = await startMosquitto(atEnd);
    const { intercept } = calls;
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['fast', 'slow'],
      settings: { shutdown_grace_ms: 200 },
      intercept: (request, pass) => (request.msg_type === 'fast-open' ? pass() : intercept(request, pass)),
    });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'slow-open', body: 'slow' });
    await calls.arrived.filled('the call that hangs', 1);
    // Settled, but not acknowledged: the hanging one came before it.
    await server.send(username, { function: 'fast-open', body: 'fast' });
    await rig.received.filled('the fast one', 1);
    await writeFile(layout(rig.home).settings, '{"shutdown_grace_ms":300}');
    daemon.signal('SIGHUP');
    await daemon.logged('connected', 2);
    await calls.arrived.filled('the call again', 2);
    calls.releaseAll();
    await server.send(username, { function: 'fast-open', body: 'last' });
    await rig.received.first('the last one', (each) => valueIn(each, 'body') === 'last');
    const bodies = bodiesOf(rig.received.entries);
    expect(bodies.filter((body) => body === 'fast')).to.have.length(1);
    expect(bodies).to.include('slow');
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('that is broken is refused, and the last good one stays', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = await rig.connected();
    const written = join(rig.home, 'mq', 'written.json');
    await writeFile(written, '{"hold_unregistered_ms":"long"}');
    await rename(written, layout(rig.home).settings);
    daemon.signal('SIGHUP');
    const { message } = await daemon.logged('file-broken');
    expect(message).to.contain('cvmqtt.json').and.contain('hold_unregistered_ms');
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open', body: 'still here' });
    await rig.received.filled('the message', 1);
    expect(daemon.count('connected')).to.equal(1);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('with another address of cvmain is applied without SIGHUP', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    await rig.cvmain.close();
    await server.send(username, { function: 'int1-open', body: 'while it is away' });
    await daemon.logged('cvmain-away');
    const before = await readFile(layout(rig.home).cvmain, 'utf8');
    const cvmain = await startCvmain({
      home: rig.home,
      username,
      token: () => unitToken,
      brokerUrl: broker.url,
      notifierAddr: rig.app.address,
    });
    atEnd(cvmain.close);
    expect(await readFile(layout(rig.home).cvmain, 'utf8')).to.not.equal(before);
    await rig.received.filled('the message', 1);
    expect(bodiesOf(rig.received.entries)).to.deep.equal(['while it is away']);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('does not delay a second SIGTERM, whatever hangs', async () => {
    const calls = holdCalls();
    const broker = await startMosquitto(atEnd);
    const { intercept } = calls;
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['int1'],
      settings: { shutdown_grace_ms: 600_000, call_deadline_ms: 600_000 },
      intercept,
    });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open' });
    await calls.arrived.filled('the call that hangs', 1);
    daemon.signal('SIGTERM');
    await daemon.logged('stopping');
    expect(await daemon.end('SIGTERM')).to.deep.equal({ code: 1, signal: null });
  });
});
