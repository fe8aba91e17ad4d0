import { expect } from 'chai';
import {
  login,
  recordInMemory,
  type SessionTest,
  servedSession,
  startSession,
} from '../../../support/session.js';

/** The filters that were subscribed to on each connection. */
const subscriptions = ({ connections }: SessionTest) =>
  connections.map((each) => each.subscriptions.map(({ filters }) => filters));

const notSubscribed = { kind: 'not-subscribed' };

/** The connection is lost, and there is another one after the wait. */
const reconnected = (test: SessionTest, sessionPresent: boolean): void => {
  test.latest.close();
  test.pass(60_000);
  test.latest.accept(sessionPresent);
};

describe('brokerSession: subscribing', () => {
  it('subscribes to the filters of the login if the broker has no session', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/#', 'b/#'] }));
    test.latest.accept(false);
    expect(subscriptions(test)).to.deep.equal([[['a/#', 'b/#']]]);
    test.latest.subscriptions[0]?.answer(true);
    expect(test.reports.map(({ kind }) => kind)).to.deep.equal(['connected', 'subscribed']);
  });

  it('subscribes even if the broker has a session, which may be one without a subscription', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']]]);
  });

  for (const protocolVersion of [4, 5] as const)
    for (const sessionPresent of [true, false])
      it(`is repeated on each connection with ${protocolVersion}, session present ${sessionPresent}: it may be an older one`, () => {
        const test = servedSession({ protocolVersion });
        reconnected(test, sessionPresent);
        reconnected(test, sessionPresent);
        const own = [['s2u/cv12345/#']];
        expect(subscriptions(test)).to.deep.equal([own, own, own]);
      });

  it('is repeated if the broker falls back to 3.1.1', () => {
    const test = servedSession();
    test.latest.close();
    test.pass(60_000);
    test.latest.close({ kind: 'unsupported-version' });
    test.latest.accept(true);
    expect(test.latest.version).to.equal(4);
    expect(subscriptions(test).at(-1)).to.deep.equal([['s2u/cv12345/#']]);
  });

  it('is repeated at another broker, whose session may lack it', () => {
    const test = servedSession({ protocolVersion: 4 });
    test.logIn(login({ address: { protocol: 'mqtts', host: 'other.example', port: 8883, path: '/' } }));
    test.latest.close();
    test.latest.accept(true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [['s2u/cv12345/#']]]);
  });

  it('leaves out filters that another filter covers', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/b', 'a/#', 'a/+', 'a/#'] }));
    test.latest.serve();
    expect(subscriptions(test)).to.deep.equal([[['a/#']]]);
    expect(test.reports.map(({ kind }) => kind)).to.deep.equal(['connected', 'subscribed']);
  });

  it('reports filters that overlap otherwise, as a message may come twice', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/+/c', 'a/b/#', 'x/#'] }));
    test.latest.serve();
    expect(test.reports).to.deep.include({ kind: 'filters-overlap', filters: ['a/+/c', 'a/b/#'] });
  });

  it('is repeated if it was not answered', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(false);
    reconnected(test, true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [['s2u/cv12345/#']]]);
  });

  it('is repeated for a login with other filters', () => {
    const test = startSession({ protocolVersion: 4 });
    test.logIn(login({ filters: ['a/#', 'b/#'] }));
    test.latest.serve();
    for (const filters of [['a/#', 'c/#'], ['a/#']]) {
      test.pass(60_000);
      test.logIn(login({ filters }));
      test.latest.close();
      test.latest.accept(true);
      test.latest.subscriptions[0]?.answer(true);
    }
    expect(subscriptions(test)).to.deep.equal([[['a/#', 'b/#']], [['a/#', 'c/#']], [['a/#']]]);
  });

  describe('ends for filters that the login no longer has', () => {
    const unsubscribed = ({ latest }: SessionTest) => latest.unsubscriptions.map(({ filters }) => filters);
    const renewed = (): SessionTest => {
      const test = startSession();
      test.logIn(login({ filters: ['a/#', 'b/#'] }));
      test.latest.serve();
      test.logIn(login({ filters: ['b/#', 'c/#'] }));
      test.latest.close();
      test.latest.accept(true);
      return test;
    };

    it('once the new ones are subscribed', () => {
      const test = renewed();
      expect(unsubscribed(test)).to.deep.equal([]);
      test.latest.subscriptions[0]?.answer(true);
      expect(unsubscribed(test)).to.deep.equal([['a/#']]);
    });

    it('once, if the broker answered', () => {
      const test = renewed();
      test.latest.subscriptions[0]?.answer(true);
      test.latest.unsubscriptions[0]?.answer();
      reconnected(test, true);
      test.latest.subscriptions[0]?.answer(true);
      expect(unsubscribed(test)).to.deep.equal([]);
    });

    it('again on the next connection, if it did not answer', () => {
      const test = renewed();
      test.latest.subscriptions[0]?.answer(true);
      reconnected(test, true);
      test.latest.subscriptions[0]?.answer(true);
      expect(unsubscribed(test)).to.deep.equal([['a/#']]);
    });

    it('even if an earlier run subscribed to them', () => {
      const record = recordInMemory();
      const before = startSession({ record });
      before.logIn(login({ filters: ['a/#', 'b/#'] }));
      before.latest.serve();
      const test = startSession({ record });
      test.logIn(login({ filters: ['b/#'] }));
      test.latest.accept(true);
      test.latest.subscriptions[0]?.answer(true);
      expect(unsubscribed(test)).to.deep.equal([['a/#']]);
    });

    it('even if an earlier run ended before the answer', () => {
      const record = recordInMemory();
      const before = startSession({ record });
      before.logIn(login({ filters: ['a/#', 'b/#'] }));
      before.latest.accept(false);
      const test = startSession({ record });
      test.logIn(login({ filters: ['b/#'] }));
      test.latest.accept(true);
      test.latest.subscriptions[0]?.answer(true);
      expect(unsubscribed(test)).to.deep.equal([['a/#']]);
    });

    it('not if the broker has lost the session', () => {
      const record = recordInMemory();
      const before = startSession({ record });
      before.logIn(login({ filters: ['a/#', 'b/#'] }));
      before.latest.serve();
      const test = startSession({ record });
      test.logIn(login({ filters: ['b/#'] }));
      test.latest.serve();
      expect(unsubscribed(test)).to.deep.equal([]);
    });
  });

  it('continues with the other filters if some are refused, and reports that once', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/#', 'b/#'] }));
    for (let connection = 0; connection < 3; connection += 1) {
      test.latest.accept(true);
      test.latest.subscriptions[0]?.answer([1, undefined]);
      expect(test.latest.ended).to.equal(false);
      test.latest.close();
      test.pass(60_000);
    }
    expect(test.reports.filter(({ kind }) => kind === 'subscription-refused')).to.deep.equal([
      { kind: 'subscription-refused', filters: ['b/#'] },
    ]);
    expect(test.reports).to.deep.include({ kind: 'subscribed', filters: ['a/#'] });
  });

  it('reports a granted QoS 0 once, until that changes', () => {
    const test = startSession();
    test.logIn();
    for (const qos of [0, 0, 1, 0, 0] as const) {
      test.latest.accept(true);
      test.latest.subscriptions[0]?.answer([qos]);
      test.latest.close();
      test.pass(60_000);
    }
    expect(test.reports.filter(({ kind }) => kind === 'granted-qos-0')).to.have.length(2);
  });

  it('ends the connection if it is not answered within 10 s, and tries again', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(false);
    test.pass(9_999);
    expect(test.latest.ended).to.equal(false);
    test.pass(1);
    expect(test.latest.ended).to.equal(true);
    expect(test.reports.at(-1)).to.deep.equal({
      kind: 'subscription-unanswered',
      filters: ['s2u/cv12345/#'],
      afterMs: 10_000,
    });
    test.latest.close();
    expect(test.reports.at(-1)).to.deep.include({ reason: notSubscribed });
    test.pass(1_000);
    expect(test.connections).to.have.length(2);
  });

  it('ends the connection for that reason, unless the broker refuses the login meanwhile', () => {
    const test = startSession();
    const refused = { kind: 'refused', detail: 'disconnected by the broker: Not authorized (135)' } as const;
    test.logIn();
    test.latest.accept(false);
    test.latest.subscriptions[0]?.answer(false);
    test.latest.close(refused);
    expect(test.reports.at(-1)).to.deep.include({ kind: 'disconnected', reason: refused });
  });

  it('waits for an answer behind publishes that the broker sent before it, however many they are', () => {
    const test = startSession({ windowMessages: 20 });
    test.logIn();
    test.latest.accept(true);
    for (let packetId = 1; packetId <= 20; packetId += 1) {
      test.pass(9_999);
      test.latest.deliver(packetId);
    }
    expect(test.latest.ended).to.equal(false);
    test.latest.subscriptions[0]?.answer(true);
    test.pass(3_600_000);
    expect(test.latest.ended).to.equal(false);
    expect(test.reports.at(-1)).to.include({ kind: 'subscribed' });
  });

  it('waits after the last publish for as long as none may be read, and then as usual', () => {
    const test = startSession({ fullMs: 15_000 });
    test.logIn();
    test.latest.accept(true);
    test.pass(9_000);
    test.latest.deliver(1);
    test.pass(24_999);
    expect(test.latest.ended).to.equal(false);
    test.pass(1);
    expect(test.latest.ended).to.equal(true);
  });

  it('waits no longer for an answer because a publish comes again and again', () => {
    const test = startSession({ fullMs: 0 });
    test.logIn();
    test.latest.accept(true);
    for (let second = 1; second <= 11; second += 1) {
      test.latest.deliver(1, { dup: second > 1 });
      test.pass(1_000);
    }
    expect(test.latest.ended).to.equal(true);
    expect(test.reports.at(-1)).to.include({ kind: 'subscription-unanswered' });
  });

  it('waits for an answer while no packet is read, as the window is full', () => {
    const test = startSession({ windowMessages: 1, fullMs: 15_000 });
    test.logIn();
    test.latest.accept(true);
    test.latest.deliver(1);
    expect(test.latest.deliver(2), 'room').to.equal(false);
    test.pass(14_999);
    expect(test.latest.ended).to.equal(false);
    test.pass(1);
    expect(test.reports.at(-1)).to.include({ kind: 'window-full' });
  });

  it('reports a missing answer once, until there is one', () => {
    const test = startSession();
    test.logIn();
    for (const isAnswered of [false, false, true, false, false]) {
      test.latest.accept(true);
      if (isAnswered) test.latest.subscriptions[0]?.answer(true);
      test.pass(10_000);
      test.latest.close();
      test.pass(60_000);
    }
    expect(test.reports.filter(({ kind }) => kind === 'subscription-unanswered')).to.have.length(2);
  });

  it('needs no answer once the connection has ended', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(false);
    test.latest.close();
    test.pass(60_000);
    expect(test.reports.map(({ kind }) => kind)).to.not.include('subscription-unanswered');
  });

  it('reports once that the broker keeps the session for less time than requested', () => {
    const test = startSession();
    test.logIn();
    for (let connection = 0; connection < 2; connection += 1) {
      test.latest.accept(true, { sessionExpiryS: 60 });
      test.latest.subscriptions[0]?.answer(true);
      test.latest.close();
      test.pass(60_000);
    }
    expect(test.reports.filter(({ kind }) => kind === 'session-expiry')).to.deep.equal([
      { kind: 'session-expiry', askedS: 604_800, grantedS: 60 },
    ]);
  });

  describe('in a shared group', () => {
    const shared = { sharedGroup: 'fleet' };

    it('subscribes to the filters that no other covers, in the group, and leaves the ones without it', () => {
      const record = recordInMemory();
      const alone = servedSession({ record });
      alone.latest.close();
      const test = startSession({ record, ...shared });
      test.logIn(login({ filters: ['s2u/cv12345/#', 's2u/cv12345/x', 'a/+'] }));
      test.latest.accept(true);
      expect(subscriptions(test)).to.deep.equal([[['$share/fleet/s2u/cv12345/#', '$share/fleet/a/+']]]);
      test.latest.subscriptions[0]?.answer(true);
      expect(test.latest.unsubscriptions.map(({ filters }) => filters)).to.deep.equal([['s2u/cv12345/#']]);
    });

    it('reports overlaps by the filters: two members may get the same message', () => {
      const test = startSession(shared);
      test.logIn(login({ filters: ['a/+/c', 'a/b/#'] }));
      test.latest.serve();
      expect(test.reports).to.deep.include({ kind: 'filters-overlap', filters: ['a/+/c', 'a/b/#'] });
    });

    it('does not subscribe if the broker says that it cannot share, and tries again after the wait', () => {
      const test = startSession(shared);
      test.logIn();
      for (const connection of [1, 2]) {
        expect(test.connections).to.have.length(connection);
        test.latest.accept(false, { hasNoSharing: true });
        expect(test.latest.ended).to.equal(true);
        test.latest.close();
        test.pass(60_000);
      }
      expect(subscriptions(test)).to.deep.equal([[], [], []]);
      expect(test.reports.filter(({ kind }) => kind === 'subscription-refused')).to.deep.equal([
        { kind: 'subscription-refused', filters: ['$share/fleet/s2u/cv12345/#'] },
      ]);
    });

    it('does not need it if there is no group', () => {
      const test = startSession();
      test.logIn();
      test.latest.accept(false, { hasNoSharing: true });
      expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']]]);
    });
  });

  it('ends the connection if it is refused, and tries again after the wait', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(false);
    test.latest.subscriptions[0]?.answer(false);
    expect(test.latest.ended).to.equal(true);
    test.latest.close();
    expect(test.reports.map(({ kind }) => kind)).to.deep.equal([
      'connected',
      'subscription-refused',
      'disconnected',
    ]);
    expect(test.reports.at(-1)).to.deep.include({ waitMs: 1_000, reason: notSubscribed });
    test.pass(999);
    expect(test.connections).to.have.length(1);
    test.pass(1);
    test.latest.accept(true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [['s2u/cv12345/#']]]);
  });
});
