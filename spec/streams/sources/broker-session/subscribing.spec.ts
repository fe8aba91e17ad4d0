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

/** The connection is lost, and there is another one after the wait. */
const reconnected = (test: SessionTest, sessionPresent: boolean): void => {
  test.latest.close();
  test.pass(60_000);
  test.latest.accept(sessionPresent);
};

describe('brokerSession: subscribing', () => {
  it('is for the filters of the login, when the broker has no session', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/#', 'b/#'] }));
    test.latest.accept(false);
    expect(subscriptions(test)).to.deep.equal([[['a/#', 'b/#']]]);
    test.latest.subscriptions[0]?.answer(true);
    expect(test.reports.map(({ kind }) => kind)).to.deep.equal(['connected', 'subscribed']);
  });

  it('is needed once also when the broker has a session: it may be one that never subscribed', () => {
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

  it('is repeated where the broker has 3.1.1 only from now on', () => {
    const test = servedSession();
    test.latest.close();
    test.pass(60_000);
    test.latest.close({ kind: 'unsupported-version' });
    test.latest.accept(true);
    expect(test.latest.version).to.equal(4);
    expect(subscriptions(test).at(-1)).to.deep.equal([['s2u/cv12345/#']]);
  });

  it('is repeated at another broker, whose session may be one without it', () => {
    const test = servedSession({ protocolVersion: 4 });
    test.logIn(login({ address: { protocol: 'mqtts', host: 'other.example', port: 8883, path: '/' } }));
    test.latest.close();
    test.latest.accept(true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [['s2u/cv12345/#']]]);
  });

  it('leaves out filters that another one covers', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/b', 'a/#', 'a/+', 'a/#'] }));
    test.latest.serve();
    expect(subscriptions(test)).to.deep.equal([[['a/#']]]);
    expect(test.reports.map(({ kind }) => kind)).to.deep.equal(['connected', 'subscribed']);
  });

  it('of filters that overlap otherwise is reported, as one message may come twice', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/+/c', 'a/b/#', 'x/#'] }));
    test.latest.serve();
    expect(test.reports).to.deep.include({ kind: 'filters-overlap', filters: ['a/+/c', 'a/b/#'] });
  });

  it('is repeated when it was not answered', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(false);
    reconnected(test, true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [['s2u/cv12345/#']]]);
  });

  it('follows a login with other filters', () => {
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

  describe('ends for filters that the login has no more', () => {
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

    it('once it is subscribed to its own', () => {
      const test = renewed();
      expect(unsubscribed(test)).to.deep.equal([]);
      test.latest.subscriptions[0]?.answer(true);
      expect(unsubscribed(test)).to.deep.equal([['a/#']]);
    });

    it('once, where the broker answered that', () => {
      const test = renewed();
      test.latest.subscriptions[0]?.answer(true);
      test.latest.unsubscriptions[0]?.answer();
      reconnected(test, true);
      test.latest.subscriptions[0]?.answer(true);
      expect(unsubscribed(test)).to.deep.equal([]);
    });

    it('again on the next connection, where it did not', () => {
      const test = renewed();
      test.latest.subscriptions[0]?.answer(true);
      reconnected(test, true);
      test.latest.subscriptions[0]?.answer(true);
      expect(unsubscribed(test)).to.deep.equal([['a/#']]);
    });

    it('also where an earlier run subscribed to them', () => {
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

    it('also where an earlier run ended before the answer', () => {
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

    it('not where the broker has lost the session', () => {
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

  it('that is refused for some filters continues with the others, and reports it once', () => {
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

  it('that is granted with QoS 0 is reported once, until that changes', () => {
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

  it('that is not answered within 10 s ends the connection, and is tried again', () => {
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
    test.pass(1_000);
    expect(test.connections).to.have.length(2);
  });

  it('that is not answered is reported once, until it is', () => {
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

  it('needs no answer once the connection is gone', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(false);
    test.latest.close();
    test.pass(60_000);
    expect(test.reports.map(({ kind }) => kind)).to.not.include('subscription-unanswered');
  });

  it('is in a session that the broker keeps for less than was asked for: that is reported once', () => {
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

  it('that is refused ends the connection; it is tried again after the wait', () => {
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
    test.pass(999);
    expect(test.connections).to.have.length(1);
    test.pass(1);
    test.latest.accept(true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [['s2u/cv12345/#']]]);
  });
});
