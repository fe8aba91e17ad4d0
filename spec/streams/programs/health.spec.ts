import { expect } from 'chai';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import type { DaemonEvent } from '../../../lib/log/event.js';
import type { Outgoing } from '../../../lib/mqtt/packets/write-publish.js';
import { conditionAfter, newCondition } from '../../../lib/status/condition.js';
import { Counters } from '../../../lib/status/counters.js';
import { Health } from '../../../lib/status/health.js';
import { noGauges, snapshotOf } from '../../../lib/status/take.js';
import { decodeJsonWith } from '../../../lib/util/codec.js';
import { farewellOf, publishHealth, willOf } from '../../../streams/programs/health.js';
import { rightOf } from '../../support/either.js';
import { settlements } from '../../support/events.js';
import { login } from '../../support/session.js';

const minute = 60_000;
const address = { protocol: 'mqtt', host: 'broker', port: 1883, path: '' } as const;
const connected: DaemonEvent = { kind: 'connected', address, protocolVersion: 5, sessionPresent: true };
const subscribed: DaemonEvent = { kind: 'subscribed', filters: [] };
const lost: DaemonEvent = { kind: 'disconnected', reason: { kind: 'lost', detail: '' }, waitMs: 1_000 };
const serves: DaemonEvent = { kind: 'cvmain-serves', address: '', version: '1' };
const away: DaemonEvent = { kind: 'cvmain-away', address: '', forMs: 0 };
const { notified, letter } = settlements('int1-open');

/** What is published, each at its time in ms, when these events come at their times. */
const published = (events: readonly (readonly [atMs: number, event: DaemonEvent])[]) => {
  const scheduler = new VirtualTimeScheduler();
  const change$ = new Subject<void>();
  const counters = new Counters();
  let condition = newCondition(0);
  const identity = { pid: 7, process: 'life', boot: 'boot', started_at: 0 };
  const moment = { written_at: 0, clock_synchronised: true };
  const seen: { readonly at: number; readonly message: Outgoing; readonly health: Health }[] = [];
  publishHealth({
    status: { change$, snapshot: () => snapshotOf(identity, condition, counters, noGauges, moment) },
    session: {
      publish: (message) =>
        seen.push({ at: scheduler.now(), message, health: rightOf(decodeJsonWith(Health)(message.payload)) }),
      login: () => login(),
    },
    topicOf: () => 'u2s/cv12345/health',
    wallMs: () => scheduler.now(),
    scheduler,
    report: () => undefined,
  }).subscribe();
  for (const [at, event] of events)
    scheduler.schedule(() => {
      if (event.kind === 'settled') counters.settled(event.settlement, at);
      else condition = conditionAfter(condition, event, at);
      change$.next();
    }, at);
  scheduler.flush();
  return seen;
};
const times = (events: Parameters<typeof published>[0]) => published(events).map(({ at }) => at);

describe('publishHealth', () => {
  it('publishes once subscribed, retained, and not before', () => {
    expect(
      times([
        [0, serves],
        [10, connected],
      ]),
    ).to.deep.equal([]);
    const [first, ...others] = published([
      [0, serves],
      [10, connected],
      [20, subscribed],
    ]);
    expect(first?.message).to.include({ topic: 'u2s/cv12345/health', retain: true });
    expect(first?.health).to.include({ state: 'running', cvmain: 'serves', reconnects: 0 });
    expect(others).to.deep.equal([]);
  });

  const start = [
    [0, serves],
    [10, connected],
    [20, subscribed],
  ] as const;
  const firstAt = 1_000;

  it('publishes a change that matters at once if the last time is a minute ago', () => {
    expect(times([...start, [5 * minute, away]])).to.deep.equal([firstAt, 5 * minute]);
  });

  it('publishes at most once a minute, and then the latest state', () => {
    const seen = published([
      ...start,
      [2_000, away],
      [30_000, { kind: 'integrations', names: ['a'], unreachable: [] }],
    ]);
    expect(seen.map(({ at }) => at)).to.deep.equal([firstAt, firstAt + minute]);
    expect(seen[1]?.health).to.include({ cvmain: 'away', apps: 1 });
  });

  it('publishes nothing for traffic, however much', () => {
    const traffic = Array.from(
      { length: 500 },
      (_, n) => [1_000 * n, { kind: 'settled', settlement: notified }] as const,
    );
    expect(times([...start, ...traffic])).to.deep.equal([firstAt]);
  });

  it("publishes a dead letter, and a new connection, as the old one's will may be there", () => {
    expect(times([...start, [2 * minute, { kind: 'settled', settlement: letter }]])).to.deep.equal([
      firstAt,
      2 * minute,
    ]);
    const again = [
      [2 * minute, lost],
      [2 * minute + 2_000, connected],
      [2 * minute + 2_000, subscribed],
    ] as const;
    expect(times([...start, ...again])).to.deep.equal([firstAt, 2 * minute + 2_000]);
  });

  it('publishes nothing while disconnected, and does not count that as a time', () => {
    const again = [
      [2_000, lost],
      [3_000, away],
      [65_000, connected],
      [65_000, subscribed],
    ] as const;
    expect(times([...start, ...again])).to.deep.equal([firstAt, 65_000]);
  });
});

describe('the last message of a connection', () => {
  const topicOf = () => 'u2s/cv12345/health';

  it('is stopped for good, else offline, as the will is', () => {
    const said = (next: 'nothing' | 'reconnect' | 'drain' | 'back-off') =>
      farewellOf(topicOf)(login(), next)?.payload;
    expect(said('nothing')).to.equal('{"format":1,"state":"stopped"}');
    for (const next of ['reconnect', 'drain', 'back-off'] as const)
      expect(said(next)).to.equal('{"format":1,"state":"offline"}');
    expect(willOf(topicOf, login())).to.deep.equal(farewellOf(topicOf)(login(), 'reconnect'));
    expect(willOf(topicOf, login())?.retain).to.equal(true);
  });

  it('does not exist where the login may not publish it', () => {
    expect(willOf(() => undefined, login())).to.equal(undefined);
    expect(farewellOf(() => undefined)(login(), 'nothing')).to.equal(undefined);
  });
});
