import { expect } from 'chai';
import { EMPTY, Subject, VirtualTimeScheduler } from 'rxjs';
import type { Credentials } from '../../../lib/config/credentials.js';
import { cvmainDefaults } from '../../../lib/config/cvmain-config.js';
import { defaultSettings, type Settings } from '../../../lib/config/settings.js';
import type { IntegrationSet } from '../../../lib/rules/routing/integrations.js';
import { type Tapped, tapped } from '../../../streams/programs/tap.js';
import { FakeConnection, login } from '../../support/session.js';
import { ending, registered } from '../../support/shorthand.js';

/** A tap in virtual time, connected, on a unit with both ways of delivery. */
const startTap = (settings: Partial<Settings> = {}) => {
  const scheduler = new VirtualTimeScheduler();
  const credentials$ = new Subject<Credentials>();
  const set$ = new Subject<IntegrationSet>();
  const stop$ = new Subject<void>();
  const connections: FakeConnection[] = [];
  const emitted: Tapped[] = [];
  let complete = (): void => undefined;
  const completed = new Promise<void>((resolve) => {
    complete = resolve;
  });
  tapped({
    config: {
      settings: { ...defaultSettings, ...settings },
      cvmain: { ...cvmainDefaults, toExternal: true },
    },
    credentials$,
    open: (credentials, version, events) => {
      const connection = new FakeConnection(credentials, version, scheduler.now(), events);
      connections.push(connection);
      return connection;
    },
    protocolVersion: 5,
    integrations$: set$,
    hasRoom: () => true,
    room$: EMPTY,
    stop$,
    scheduler,
    random: () => 1,
    report: () => undefined,
  }).subscribe({ next: (each) => emitted.push(each), complete });
  credentials$.next(login());
  const [connection] = connections;
  if (connection === undefined) throw new Error('there is no connection');
  connection.serve();
  const pass = (ms: number): void => {
    scheduler.schedule(() => undefined, ms);
    scheduler.maxFrames = scheduler.now() + ms;
    scheduler.flush();
  };
  return {
    emitted,
    connection,
    completed,
    stop: () => stop$.next(),
    set: (...names: readonly string[]) => set$.next(registered(names)),
    pass,
    /** `count` messages, one each 50 ms. */
    deliver: (count: number, topic = 's2u/cv12345/int1-open') => {
      for (let n = 0; n < count; n += 1) {
        connection.deliver(n + 1, { topic });
        pass(50);
      }
    },
  };
};

const upTo70 = Array.from({ length: 70 }, (_, n) => n + 1);

describe('tapped', () => {
  it('holds more than the limit if the daemon would spool: all are notified when the app registers', () => {
    const tap = startTap();
    tap.set();
    tap.deliver(70);
    expect(tap.emitted.length).to.equal(0);
    tap.set('int1@10.0.0.2:6002');
    tap.pass(0);
    expect(tap.emitted.map(({ settlement }) => ending(settlement))).to.deep.equal(
      upTo70.map(() => 'notified'),
    );
    expect(tap.emitted.map(({ settlement }) => settlement.publish.seq)).to.deep.equal(upTo70);
    expect(tap.emitted.map(({ targets }) => targets.map(({ kind }) => kind))).to.deep.equal(
      upTo70.map(() => ['notifier', 'external']),
    );
    expect(tap.emitted.map(({ settlement }) => settlement.tookMs)).to.deep.equal(
      upTo70.map((seq) => 3_550 - seq * 50),
    );
  });

  it('emits each message once, when its hold ends', () => {
    const tap = startTap();
    tap.set('int2');
    tap.deliver(70);
    tap.deliver(1, 's2u/cv12345/int2-open');
    expect(tap.emitted.map(({ settlement }) => ending(settlement))).to.deep.equal(['notified']);
    tap.pass(60_000);
    const late = tap.emitted.slice(1).map(({ settlement }) => settlement);
    expect(late.map(({ publish }) => publish.seq)).to.deep.equal(upTo70);
    expect(new Set(late.map(({ tookMs }) => tookMs))).to.deep.equal(new Set([30_000]));
    expect(new Set(late.map(ending))).to.deep.equal(new Set(['unregistered']));
  });

  it('holds up to the limit if the settings have no spool', () => {
    const tap = startTap({ spool_max_bytes: 0 });
    tap.set();
    tap.deliver(70);
    expect(tap.emitted.map(({ settlement }) => ending(settlement))).to.deep.equal(
      Array(6).fill('unregistered'),
    );
    tap.set('int1');
    expect(tap.emitted.slice(6).map(({ settlement }) => settlement.publish.seq)).to.deep.equal(
      upTo70.slice(0, 64),
    );
  });

  it('does not wait for held messages when it is stopped', async () => {
    const tap = startTap();
    tap.set();
    tap.deliver(70);
    tap.stop();
    tap.connection.close();
    await tap.completed;
    expect(tap.emitted.length).to.equal(0);
  });
});
