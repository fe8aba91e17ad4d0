import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest } from './support/at-end.js';
import type { Daemon } from './support/daemon.js';
import { holdCalls } from './support/held-calls.js';
import { username } from './support/login.js';
import { startMosquitto } from './support/mosquitto.js';
import { itWithMosquitto } from './support/programs.js';
import { type Rig, startRig, valueIn } from './support/rig.js';
import { startServer } from './support/server.js';

type Server = Awaited<ReturnType<typeof startServer>>;

const ten = Array.from({ length: 10 }, (_, n) => `int${n}`);

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

const sizeOfSpool = ({ home }: Rig): Promise<number> =>
  stat(join(layout(home).state, 'spool.ndjson')).then(({ size }) => size);

/** The bodies that the app received for an integration, as numbers, in order. */
const bodiesFor = ({ received }: Rig, integration: string): number[] =>
  received.entries
    .filter((each) => valueIn(each, 'integration') === integration)
    .map((each) => Number(valueIn(each, 'body')));

/** Resolves when so many messages were spooled; the daemon must log at level debug. */
const spooled = (daemon: Daemon, count: number): Promise<unknown> =>
  daemon.log.first(`${count} spooled messages`, ({ message }) => message.endsWith(': spooled'), {
    nth: count,
    ms: 30_000,
  });

/** Sends these, for the ten integrations in turn. */
const sendAll = (server: Server, bodies: readonly number[]): Promise<unknown> =>
  Promise.all(bodies.map((n) => server.send(username, { function: `int${n % 10}-open`, body: `${n}` })));

describe('store and forward', function () {
  this.timeout(60_000);
  const atEnd = endingAfterTest();

  for (const mqtt_version of ['3.1.1', '5'])
    itWithMosquitto(
      `loses none of 5,000 that come while cvmain is away to a broker that queues 1,000, ${mqtt_version}`,
      async () => {
        const broker = await startMosquitto(atEnd, { more: ['max_queued_messages 1000'] });
        const settings = { mqtt_version };
        const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ten, settings });
        const daemon = await rig.connected('--log-level', 'debug');
        const server = await startServer(atEnd, broker.url);
        await rig.cvmain.suspend();
        for (let from = 0; from < 5_000; from += 500) {
          await sendAll(server, numbers(from, from + 500));
          await spooled(daemon, from + 250);
        }
        await spooled(daemon, 5_000);
        expect(rig.received.entries).to.have.length(0);
        await rig.cvmain.resume();
        await rig.received.filled('messages', 5_000, 40_000);
        for (const [at, name] of ten.entries()) {
          expect(bodiesFor(rig, name)).to.deep.equal(numbers(0, 5_000).filter((n) => n % 10 === at));
        }
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(await daemon.logged('stopped')).to.include({ notified: 5_000, spooled: 5_000 });
        expect(await sizeOfSpool(rig)).to.equal(0);
      },
    );

  itWithMosquitto('does not let an integration whose calls hang hold up the others', async () => {
    const calls = holdCalls();
    const { intercept } = calls;
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: [...ten, 'bad'],
      intercept: (request, pass) => (request.msg_type === 'bad-open' ? intercept(request, pass) : pass()),
    });
    const daemon = await rig.connected('--log-level', 'debug');
    const server = await startServer(atEnd, broker.url);
    const bad = numbers(0, 500);
    await Promise.all([
      sendAll(server, numbers(0, 2_000)),
      ...bad.map((n) => server.send(username, { function: 'bad-open', body: `${n}` })),
    ]);
    await rig.received.filled('those of the others', 2_000, 30_000);
    expect(bodiesFor(rig, 'bad')).to.deep.equal([]);
    calls.releaseAll();
    await rig.received.filled('all', 2_500, 30_000);
    expect([...new Set(bodiesFor(rig, 'bad'))]).to.deep.equal(bad);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('writes not one byte while all are slow alike', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ten,
      // The fault is a duration: cvmain takes 50 ms for each call.
      intercept: async (_request, pass) => {
        await passing(50);
        return pass();
      },
    });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    await sendAll(server, numbers(0, 1_500));
    await rig.received.filled('all', 1_500, 40_000);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(await daemon.logged('stopped')).to.include({ notified: 1_500, spooled: 0 });
    expect(await sizeOfSpool(rig)).to.equal(0);
  });

  itWithMosquitto('loses nothing when it is killed while it spools and while it drains', async () => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ten });
    const server = await startServer(atEnd, broker.url);
    let daemon = await rig.connected('--log-level', 'debug');
    await rig.cvmain.suspend();
    const sending = sendAll(server, numbers(0, 3_000));
    await spooled(daemon, 700);
    await daemon.end('SIGKILL');
    await sending;
    await rig.cvmain.resume();
    for (const received of [400, 1_500]) {
      daemon = await rig.connected();
      await rig.received.filled('some', received, 30_000);
      await daemon.end('SIGKILL');
    }
    daemon = await rig.connected();
    const seen = (): number => new Set(rig.received.entries.map((each) => valueIn(each, 'body'))).size;
    await rig.received.first('the last', () => seen() === 3_000, { ms: 40_000 });
    for (const [at, name] of ten.entries()) {
      const firstTimes = [...new Set(bodiesFor(rig, name))];
      expect(firstTimes).to.deep.equal(numbers(0, 3_000).filter((n) => n % 10 === at));
    }
    // At each of the three kills: a window at the most, and a batch of the spool.
    expect(rig.received.entries.length - 3_000).to.be.at.most(3 * (256 + 32));
    expect(await daemon.stop()).to.include({ code: 0 });
  });
});
