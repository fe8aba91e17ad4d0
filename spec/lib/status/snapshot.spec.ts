import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { newLane } from '../../../lib/rules/delivery/lane.js';
import { conditionAfter, newCondition } from '../../../lib/status/condition.js';
import { Counters } from '../../../lib/status/counters.js';
import { stateLine, statusLine, statusText, waitingOf } from '../../../lib/status/show.js';
import { Snapshot } from '../../../lib/status/snapshot.js';
import { type Gauges, noGauges, snapshotOf } from '../../../lib/status/take.js';
import { decodeJsonWith } from '../../../lib/util/codec.js';
import { steeringIn } from '../../rig/unprintable.js';
import { publishOf } from '../../support/shorthand.js';

const address = { protocol: 'mqtt', host: 'broker', port: 1883, path: '' } as const;
const serves: DaemonEvent = { kind: 'cvmain-serves', address: '127.0.0.1:1', version: '1.0.0' };
const away: DaemonEvent = { kind: 'cvmain-away', address: '127.0.0.1:1', forMs: 20 };
const connected: DaemonEvent = { kind: 'connected', address, protocolVersion: 5, sessionPresent: true };
const subscribed: DaemonEvent = { kind: 'subscribed', filters: ['s2u/cv12345/#'] };
const lost: DaemonEvent = {
  kind: 'disconnected',
  reason: { kind: 'lost', detail: 'ECONNRESET' },
  waitMs: 1_000,
};
const integrations = (...names: readonly string[]): DaemonEvent => ({
  kind: 'integrations',
  names,
  unreachable: [],
});

const snapshotAfter = (events: readonly DaemonEvent[], gauges: Gauges = noGauges): Snapshot => {
  const condition = events.reduce((before, event, at) => conditionAfter(before, event, at), newCondition(0));
  const identity = { pid: 7, process: 'life', boot: 'boot', started_at: 0 };
  const moment = { written_at: events.length, clock_synchronised: true };
  return snapshotOf(identity, condition, new Counters(), gauges, moment);
};

const held = (integration: string, count: number, since: number) => ({
  ...newLane(integration, 0),
  held: count,
  heldSince: since,
});

describe('the status', () => {
  it('waits for cvmain first, then for the login, then for the broker', () => {
    expect(waitingOf(snapshotAfter([]))?.what).to.equal('cvmain');
    const login: DaemonEvent = { kind: 'waiting', what: 'registration', detail: 'no username' };
    expect(waitingOf(snapshotAfter([serves, login]))).to.deep.equal({
      what: 'registration',
      since: 1,
      detail: 'no username',
    });
    expect(waitingOf(snapshotAfter([serves, login, connected]))?.what).to.equal('broker');
    expect(waitingOf(snapshotAfter([serves, login, connected, subscribed]))).to.equal(undefined);
  });

  it('waits for a file that is broken from the start, even while it is subscribed, until it is good', () => {
    const broken = (file: string, until: 'waiting' | 'last-good', detail = 'is not JSON'): DaemonEvent => ({
      kind: 'file-broken',
      file,
      detail,
      until,
    });
    const whole: DaemonEvent = { kind: 'file-whole', file: 'mq/integrations.json' };
    const events = [serves, broken('mq/integrations.json', 'waiting'), connected, subscribed];
    expect(waitingOf(snapshotAfter(events))).to.deep.equal({
      what: 'mq/integrations.json',
      since: 1,
      detail: 'is not JSON',
    });
    const changed = [...events, broken('mq/integrations.json', 'waiting', 'is torn')];
    expect(waitingOf(snapshotAfter(changed))).to.deep.include({ since: 1, detail: 'is torn' });
    expect(waitingOf(snapshotAfter([...events, broken('mq/cvmqtt.json', 'last-good')]))?.since).to.equal(1);
    expect(waitingOf(snapshotAfter([...changed, whole]))).to.equal(undefined);
    expect(snapshotAfter([...changed, whole]).files.last_error?.text).to.include('is torn');
  });

  it('says since when, however often the same is reported', () => {
    const absent: DaemonEvent = { kind: 'cvmain-absent', address: 'a', detail: 'b', forMs: 20_000 };
    const snapshot = snapshotAfter([serves, connected, subscribed, away, absent]);
    expect(snapshot.cvmain).to.include({ state: 'away', since: 3, version: '1.0.0' });
    expect(waitingOf(snapshot)?.what).to.equal('cvmain');
  });

  it('says once what it waits for', () => {
    const snapshot = snapshotAfter([{ kind: 'waiting', what: 'cvmain', detail: 'connect ECONNREFUSED' }]);
    expect(stateLine(snapshot)).to.equal('waiting for cvmain: connect ECONNREFUSED');
    expect(statusText(snapshot, 10_000, 0).join('\n')).to.match(/state .*: connect ECONNREFUSED$/m);
  });

  it('counts reconnects, and keeps the last error of each neighbour', () => {
    const { broker } = snapshotAfter([connected, subscribed, lost, connected, subscribed]);
    expect(broker).to.include({ state: 'subscribed', reconnects: 1 });
    expect(broker.last_error?.at).to.equal(2);
    expect(snapshotAfter([]).broker.reconnects).to.equal(0);
  });

  it('has the held names, the oldest first, with the nearest registered one', () => {
    const gauges = { ...noGauges, lanes: [held('lockr', 2, 5), held('zzz', 1, 3)] };
    const snapshot = snapshotAfter([integrations('locker', 'vg:upgrader')], gauges);
    expect(snapshot.held.map(({ name }) => name)).to.deep.equal(['zzz', 'lockr']);
    expect(statusText(snapshot, 10_005, 0)).to.include(
      '           2 for lockr, 10.0 s; nearest registered: locker',
    );
    expect(statusLine(snapshot)).to.equal('waiting for cvmain; 0 notified, 3 held, 0 in the spool');
  });

  it('counts by app what is registered, and nothing else', () => {
    const counters = new Counters();
    counters.registered(['int1']);
    for (const integration of ['int1', 'stranger']) {
      const publish = publishOf(1, `${integration}-open`);
      const message = { name: `${integration}-open`, integration, message: 'open', body: { text: '' } };
      counters.settled(
        {
          kind: 'notified',
          publish,
          message: { ...message, publish, lifetimeMs: Number.POSITIVE_INFINITY },
          attempts: 3,
          tookMs: 1,
        },
        9,
      );
    }
    expect(counters.apps).to.deep.equal([{ name: 'int1', notified: 1, spooled: 0, dead_letters: 0 }]);
    expect(counters.tally.notified).to.equal(2);
    expect(counters.retries).to.equal(4);
    counters.registered([]);
    expect(counters.apps).to.deep.equal([]);
  });

  it('counts receipts once there are some, and can be read from a file without them', () => {
    const shown = (counters: Counters) => {
      const identity = { pid: 7, process: 'life', boot: 'boot', started_at: 0 };
      const moment = { written_at: 0, clock_synchronised: true };
      const snapshot = snapshotOf(identity, newCondition(0), counters, noGauges, moment);
      expect(decodeJsonWith(Snapshot)(JSON.stringify(snapshot))).to.deep.equal(E.right(snapshot));
      return statusText(snapshot, 0, 0).filter((line) => line.includes('receipt'));
    };
    const counters = new Counters();
    counters.arrived(0);
    expect(shown(counters)).to.deep.equal([]);
    for (const fate of ['published', 'published', 'dropped'] as const) counters.receipt(fate);
    expect(shown(counters)).to.deep.equal([
      '  last     received 0 ms ago, settled never; 2 receipts, 1 dropped',
    ]);
  });

  it('can always be read, fits 80 × 22, and cannot control a terminal, whatever names and texts come', () => {
    const text = fc.string({ unit: 'binary', maxLength: 2_000 });
    const event = fc.oneof(
      fc.array(text, { maxLength: 150 }).map((names) => integrations(...names)),
      fc.array(text, { maxLength: 150 }).map((filters): DaemonEvent => ({ kind: 'subscribed', filters })),
      text.map((version): DaemonEvent => ({ kind: 'cvmain-serves', address: '', version })),
      text.map((detail): DaemonEvent => ({ kind: 'waiting', what: 'token', detail })),
      text.map((detail): DaemonEvent => ({ kind: 'spool-broken', detail })),
      fc.constantFrom(away, connected, lost),
    );
    const lanes = fc.array(text, { maxLength: 150 }).map((names) => names.map((name) => held(name, 1, 0)));
    fc.assert(
      fc.property(
        fc.array(event),
        lanes,
        fc.constantFrom(undefined, 8e15),
        (events, those, tokenExpiresAt) => {
          const messages = new Map(those.map(({ integration }) => [integration, 1]));
          const gauges = { ...noGauges, lanes: those, spool: { bytes: 1, messages }, tokenExpiresAt };
          const snapshot = snapshotAfter(events, gauges);
          expect(decodeJsonWith(Snapshot)(JSON.stringify(snapshot))).to.deep.equal(E.right(snapshot));
          const lines = statusText(snapshot, 1_000, 0, 80);
          expect(lines.length).to.be.at.most(22);
          expect(lines.every((line) => line.length <= 80)).to.equal(true);
          expect(steeringIn(lines.join('\n'))).to.deep.equal([]);
          expect(steeringIn(statusLine(snapshot))).to.deep.equal([]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
