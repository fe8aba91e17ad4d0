import { expect } from 'chai';
import { login, type SessionTest, servedSession, startSession } from '../../support/session.js';

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

  it('is not repeated while the session goes on, as retained commands would come again', () => {
    const test = servedSession();
    reconnected(test, true);
    reconnected(test, true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [], []]);
  });

  it('is repeated when the broker has lost the session', () => {
    const test = servedSession();
    reconnected(test, false);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [['s2u/cv12345/#']]]);
  });

  it('is repeated when it was not answered', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(false);
    reconnected(test, true);
    expect(subscriptions(test)).to.deep.equal([[['s2u/cv12345/#']], [['s2u/cv12345/#']]]);
  });

  it('follows a login with other filters, not one with the same in another order', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/#', 'b/#'] }));
    test.latest.serve();
    for (const filters of [['b/#', 'a/#'], ['a/#', 'c/#'], ['a/#']]) {
      test.logIn(login({ filters }));
      test.latest.close();
      test.latest.accept(true);
      test.latest.subscriptions[0]?.answer(true);
    }
    expect(subscriptions(test)).to.deep.equal([[['a/#', 'b/#']], [], [['a/#', 'c/#']], [['a/#']]]);
  });

  it('ends for filters that a login has no more, once it is subscribed to its own', () => {
    const test = startSession();
    const unsubscribed = () => test.latest.unsubscriptions.map(({ filters }) => filters);
    test.logIn(login({ filters: ['a/#', 'b/#'] }));
    test.latest.serve();
    expect(unsubscribed()).to.deep.equal([]);
    test.logIn(login({ filters: ['b/#', 'c/#'] }));
    test.latest.close();
    test.latest.accept(true);
    expect(unsubscribed()).to.deep.equal([]);
    test.latest.subscriptions[0]?.answer(true);
    expect(unsubscribed()).to.deep.equal([['a/#']]);
    test.latest.unsubscriptions[0]?.answer();
    test.latest.close();
    test.pass(1_000);
    test.latest.accept(true);
    expect(subscriptions(test)).to.deep.equal([[['a/#', 'b/#']], [['b/#', 'c/#']], []]);
  });

  it('is tried again with the next connection where the end of another was not answered', () => {
    const test = startSession();
    test.logIn(login({ filters: ['a/#', 'b/#'] }));
    test.latest.serve();
    test.logIn(login({ filters: ['b/#'] }));
    for (const connects of [() => undefined, () => test.pass(1_000)]) {
      test.latest.close();
      connects();
      test.latest.accept(true);
      test.latest.subscriptions[0]?.answer(true);
      expect(test.latest.unsubscriptions.map(({ filters }) => filters)).to.deep.equal([['a/#']]);
    }
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
