import { expect } from 'chai';
import { login, servedSession, startSession } from '../../../support/session.js';

const renewed = login({ password: 'the renewed token' });

describe('brokerSession: a new login', () => {
  it('ends the connection and opens the next at once', () => {
    const test = servedSession();
    test.logIn(renewed);
    expect(test.connections[0]?.ended).to.equal(true);
    expect(test.connections, 'one connection at a time').to.have.length(1);
    test.latest.close();
    expect(test.latest.login).to.equal(renewed);
    expect(test.latest.openedAt).to.equal(0);
    expect(
      test.reports.map(({ kind }) => kind),
      'nothing failed',
    ).to.not.include('disconnected');
  });

  it('continues with the same messages: recognises and acknowledges resent ones', () => {
    const test = servedSession();
    test.latest.deliver(7);
    test.logIn(renewed);
    test.latest.close();
    test.latest.accept(true).deliver(7, { dup: true });
    expect(test.taken).to.have.length(1);
    for (const publish of test.taken) test.session.settled(publish);
    expect(test.latest.acknowledged).to.deep.equal([7]);
  });

  it('finishes what is in flight, takes nothing new, and then ends the connection', () => {
    const test = servedSession();
    test.latest.deliver(7);
    test.logIn(renewed);
    expect(test.latest.ended).to.equal(false);
    expect(test.latest.deliver(8), 'room').to.equal(false);
    for (const publish of test.taken) test.session.settled(publish);
    expect(test.latest.acknowledged).to.deep.equal([7, 8]);
    expect(test.latest.ended).to.equal(true);
    expect(test.latest.tooLate).to.deep.equal([]);
  });

  it('limits that wait', () => {
    const test = servedSession({ handOverMs: 5_000 });
    test.latest.deliver(7);
    test.logIn(renewed);
    test.pass(4_999);
    test.logIn(login({ password: 'a later token' }));
    expect(test.latest.ended).to.equal(false);
    test.pass(1);
    expect(test.latest.ended, 'though yet another login came').to.equal(true);
  });

  it('loses no settlement that comes while the connection ends', () => {
    const test = servedSession({ handOverMs: 5_000 });
    test.latest.deliver(7);
    test.logIn(renewed);
    test.pass(5_000);
    for (const publish of test.taken) test.session.settled(publish);
    expect(test.latest.tooLate).to.deep.equal([]);
    test.latest.close();
    test.latest.accept(true).deliver(7, { dup: true });
    expect(test.taken, 'taken once').to.have.length(1);
    expect(test.latest.acknowledged).to.deep.equal([7]);
  });

  it('ends the wait for the next attempt', () => {
    const test = servedSession();
    test.latest.close();
    test.pass(300);
    test.logIn(renewed);
    expect(test.latest.login).to.equal(renewed);
    expect(test.latest.openedAt).to.equal(300);
    test.pass(60_000);
    expect(test.connections).to.have.length(2);
  });

  it('does not end it each time: refused logins share one backoff', () => {
    const test = startSession();
    test.logIn();
    for (let ms = 0; ms < 60_000; ms += 10) {
      if (!test.latest.gone) test.latest.close({ kind: 'refused', detail: 'Bad username or password' });
      test.logIn(login({ password: `token ${ms}` }));
      test.pass(10);
    }
    expect(test.connections.map(({ openedAt }) => openedAt)).to.deep.equal([
      0, 0, 2_010, 6_010, 14_010, 30_010,
    ]);
  });

  it('ends the wait if the broker changes', () => {
    const test = startSession();
    test.logIn();
    for (const host of ['one', 'two', 'three']) {
      test.latest.close();
      test.logIn(login({ address: { protocol: 'mqtts', host, port: 8883, path: '/' } }));
    }
    expect(test.connections.map(({ openedAt }) => openedAt)).to.deep.equal([0, 0, 0, 0]);
  });

  it('keeps to the backoff if logins keep coming after an accepted one', () => {
    const test = servedSession();
    const opened = () => test.connections.map(({ openedAt }) => openedAt);
    for (let ms = 0; ms < 30_000; ms += 100) {
      test.logIn(login({ password: `token ${ms}` }));
      const { latest } = test;
      test.pass(100);
      if (latest.ended && !latest.gone) latest.close();
      if (test.latest !== latest) test.latest.accept(true);
    }
    expect(opened()).to.deep.equal([0, 100, 1_100, 3_100, 7_100, 15_100, 25_100]);
  });

  it('waits for the answer to a connection attempt', () => {
    const test = startSession();
    test.logIn();
    test.logIn(renewed);
    expect(test.latest.ended).to.equal(false);
    test.latest.accept(false);
    expect(test.latest.ended, 'then it is taken').to.equal(true);
    test.latest.close();
    expect(test.latest.login).to.equal(renewed);
  });

  it('is tried at once if that answer is a refusal', () => {
    const test = startSession();
    test.logIn();
    test.logIn(renewed);
    test.latest.close({ kind: 'refused', detail: 'Bad username or password' });
    expect(test.latest.login).to.equal(renewed);
    expect(test.latest.openedAt).to.equal(0);
  });

  it('ends a connection to another broker that was not accepted yet', () => {
    const test = startSession();
    test.logIn();
    const moved = login({ address: { protocol: 'mqtts', host: 'other.example', port: 8883, path: '/' } });
    test.logIn(moved);
    expect(test.latest.ended).to.equal(true);
    test.latest.close({ kind: 'unreachable', detail: 'ended' });
    expect(test.latest.login).to.equal(moved);
  });

  it('is the last one if several come while the connection ends', () => {
    const test = servedSession();
    test.logIn(login({ password: 'the second token' }));
    test.logIn(renewed);
    test.latest.close();
    expect(test.connections.map((each) => each.login.password)).to.deep.equal([
      'the secret token',
      'the renewed token',
    ]);
  });

  it('is followed by the backoff if it fails', () => {
    const test = servedSession();
    test.logIn(renewed);
    test.latest.close();
    test.latest.close({ kind: 'refused', detail: 'Bad username or password' });
    expect(test.reports.at(-1)).to.deep.include({ kind: 'disconnected', waitMs: 1_000 });
  });

  it('is taken at once after a connection that lasted a minute', () => {
    const test = servedSession();
    for (const password of ['second', 'third', 'fourth']) {
      test.logIn(login({ password }));
      test.pass(60_000);
      test.latest.close();
      test.latest.serve();
      test.pass(60_000);
    }
    test.logIn(renewed);
    expect(test.latest.ended).to.equal(true);
  });

  it('is no failure if the broker ends the connection first, as the old login is no longer valid', () => {
    const test = servedSession();
    test.latest.deliver(7);
    test.logIn(renewed);
    test.latest.close();
    expect(test.latest.login).to.equal(renewed);
    expect(test.reports.map(({ kind }) => kind)).to.not.include('disconnected');
  });

  it('waits until all is settled if the connection was ended for that', () => {
    const test = servedSession({ windowMessages: 1, fullMs: 1_000 });
    for (const packetId of [11, 12]) test.latest.deliver(packetId);
    test.pass(1_000);
    test.latest.close();
    test.logIn(renewed);
    expect(test.connections).to.have.length(1);
    for (const publish of test.taken) test.session.settled(publish);
    expect(test.latest.login).to.equal(renewed);
  });

  it('is a secret: no report contains it', () => {
    const test = servedSession();
    test.logIn(renewed);
    test.latest.close();
    test.latest.accept(true);
    test.latest.close();
    expect(test.reports).to.have.length(4);
    expect(JSON.stringify(test.reports)).to.not.match(/token|password/);
  });
});
