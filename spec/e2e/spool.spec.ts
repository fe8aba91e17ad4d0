import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { endingAfterTest } from '../rig/at-end.js';
import type { Daemon } from '../rig/daemon.js';
import { username } from '../rig/login.js';
import { measured } from '../rig/measured.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { distinct } from '../rig/orders.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startServer } from '../rig/server.js';
import { startUnit, type Unit } from '../rig/unit.js';

type Server = Awaited<ReturnType<typeof startServer>>;

const ten = Array.from({ length: 10 }, (_, n) => `int${n}`);

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

const sizeOfSpool = ({ home }: Unit): Promise<number> =>
  stat(join(layout(home).state, 'spool.ndjson')).then(({ size }) => size);

/** The bodies that cvmain accepted for an integration, in order. */
const acceptedFor = ({ cvmain }: Unit, integration: string): string[] =>
  cvmain.accepted.entries.filter(({ name }) => name === `${integration}-open`).map(({ body }) => body);

/** Resolves when this number of messages is spooled; the daemon must log at level debug. */
const spooled = (daemon: Daemon, count: number): Promise<unknown> =>
  daemon.log.first(`${count} spooled messages`, ({ message }) => message.endsWith(': spooled'), {
    nth: count,
  });

/** Sends these bodies to the ten integrations in turn. */
const sendAll = (server: Server, bodies: readonly number[], treated = ''): Promise<unknown> =>
  Promise.all(
    bodies.map((n) => server.send(username, { function: `int${n % 10}-open`, body: `${treated}${n}` })),
  );

/** Checks that each integration got all of its messages, in the order of their first notifications. */
const expectInOrder = (unit: Unit, count: number): void => {
  for (const [at, name] of ten.entries()) {
    const own = numbers(0, count).filter((n) => n % 10 === at);
    expect([...new Set(acceptedFor(unit, name))]).to.deep.equal(own.map(String));
  }
};

describe('store and forward', () => {
  const atEnd = endingAfterTest();

  for (const mqtt_version of ['3.1.1', '5'])
    itWithMosquitto(
      `loses none of 5,000 messages while cvmain is away, though the broker queues only 1,000, ${mqtt_version}`,
      async () => {
        const broker = await startMosquitto(atEnd, { more: ['max_queued_messages 1000'] });
        const settings = { mqtt_version };
        const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ten, settings });
        const daemon = await unit.connected('--log-level', 'debug');
        const server = await startServer(atEnd, broker.url);
        await unit.cvmain.kill();
        for (let from = 0; from < 5_000; from += 500) {
          await sendAll(server, numbers(from, from + 500));
          await spooled(daemon, from + 250);
        }
        await spooled(daemon, 5_000);
        expect(unit.cvmain.accepted.entries).to.have.length(0);
        await unit.cvmain.start();
        await unit.cvmain.accepted.filled('messages', 5_000);
        expectInOrder(unit, 5_000);
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(await daemon.logged('stopped')).to.include({ notified: 5_000, spooled: 5_000 });
        expect(unit.cvmain.accepted.entries).to.have.length(5_000);
        expect(await sizeOfSpool(unit)).to.equal(0);
      },
    );

  itWithMosquitto('does not let an integration whose calls hang hold up the others', async () => {
    const broker = await startMosquitto(atEnd);
    const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: [...ten, 'bad'] });
    const { accepted } = unit.cvmain;
    const daemon = await unit.connected('--log-level', 'debug');
    const server = await startServer(atEnd, broker.url);
    const bad = numbers(0, 500).map((n) => `every=hang ${n}`);
    const first = distinct(accepted);
    await Promise.all([
      sendAll(server, numbers(0, 2_000)),
      ...bad.map((body) => server.send(username, { function: 'bad-open', body })),
    ]);
    await first.filled('those of the others', 2_000);
    expect(acceptedFor(unit, 'bad')).to.deep.equal([]);
    unit.cvmain.release();
    await first.filled('all', 2_500);
    expect([...new Set(acceptedFor(unit, 'bad'))]).to.deep.equal(bad);
    expectInOrder(unit, 2_000);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('writes not one byte while all are equally slow', async () => {
    const broker = await startMosquitto(atEnd);
    const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ten });
    const daemon = await unit.connected();
    const server = await startServer(atEnd, broker.url);
    // The fault is a duration: cvmain takes 50 ms for each call.
    await sendAll(server, numbers(0, 1_500), 'every=late=50 ');
    await unit.cvmain.accepted.filled('all', 1_500);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(await daemon.logged('stopped')).to.include({ notified: 1_500, spooled: 0 });
    expect(await sizeOfSpool(unit)).to.equal(0);
  });

  itWithMosquitto('leaves with the broker what does not fit the spool', async () => {
    const broker = await startMosquitto(atEnd);
    const settings = { spool_max_bytes: 16_384 };
    const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ten, settings });
    const daemon = await unit.connected('--log-level', 'debug');
    const server = await startServer(atEnd, broker.url);
    await unit.cvmain.kill();
    await sendAll(server, numbers(0, 1_000));
    await spooled(daemon, 20);
    expect(await sizeOfSpool(unit)).to.be.within(1, settings.spool_max_bytes);
    await unit.cvmain.start();
    await unit.cvmain.accepted.filled('all', 1_000);
    expect(await daemon.stop()).to.include({ code: 0 });
    expectInOrder(unit, 1_000);
    expect(unit.cvmain.accepted.entries).to.have.length(1_000);
    expect(await daemon.logged('stopped')).to.include({ notified: 1_000, dead_letters_lost: 0 });
    expect(await sizeOfSpool(unit)).to.equal(0);
  });

  itWithMosquitto(
    'dead-letters a message that waited too long while cvmain was away, and does not deliver it after a restart',
    async () => {
      const broker = await startMosquitto(atEnd);
      const settings = { spool_max_age_s: 1, patience_ms: 100 };
      const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ten, settings });
      const daemon = await unit.connected('--log-level', 'debug');
      const server = await startServer(atEnd, broker.url);
      await unit.cvmain.kill();
      await sendAll(server, numbers(0, 100));
      await spooled(daemon, 100);
      await daemon.log.first('all of them', ({ reason }) => reason === 'expired', { nth: 100 });
      expect(await daemon.stop()).to.include({ code: 0 });
      await unit.cvmain.start();
      const next = await unit.connected();
      expect(await next.stop()).to.include({ code: 0 });
      expect(await next.logged('stopped')).to.include({ notified: 0 });
      expect(unit.cvmain.events.entries.filter(({ event }) => event === 'accepted')).to.deep.equal([]);
      expect(await sizeOfSpool(unit)).to.equal(0);
    },
  );

  itWithMosquitto('loses nothing when it is killed while it spools and while it drains', async () => {
    const broker = await startMosquitto(atEnd);
    const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ten });
    const { accepted } = unit.cvmain;
    const first = distinct(accepted);
    const server = await startServer(atEnd, broker.url);
    let daemon = await unit.connected('--log-level', 'debug');
    await unit.cvmain.kill();
    const sending = sendAll(server, numbers(0, 3_000));
    await spooled(daemon, 700);
    await daemon.end('SIGKILL');
    await sending;
    await unit.cvmain.start();
    const repeated: number[] = [];
    for (const count of [400, 1_500]) {
      daemon = await unit.connected();
      await first.filled('some', count);
      await daemon.end('SIGKILL');
      repeated.push(accepted.entries.length - first.entries.length);
    }
    daemon = await unit.connected();
    await first.filled('the last', 3_000);
    expect(await daemon.stop()).to.include({ code: 0 });
    repeated.push(accepted.entries.length - first.entries.length);
    measured(`3,000 messages, 3 kills: repeated by the second, the third, the end: ${repeated.join(', ')}`);
    expectInOrder(unit, 3_000);
    // Repeated at each kill: at most a window of messages that were stored or notified, but whose acknowledgement the
    // broker has not read; and from the spool the call in flight for each app, and what was settled since the last
    // note.
    const [window, perApp] = [256, 3];
    expect(repeated.at(-1)).to.be.at.most(3 * window + 2 * perApp * ten.length);
  });
});
