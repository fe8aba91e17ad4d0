import { expect } from 'chai';
import { login, servedSession, startSession } from '../../support/session.js';

const renewed = login({ password: 'the renewed token' });

describe('brokerSession: a new login', () => {
  it('ends the connection and opens the next one at once', () => {
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

  it('goes on with the same messages: what comes again is not taken again, and is acknowledged', () => {
    const test = servedSession();
    test.latest.deliver(7);
    test.logIn(renewed);
    test.latest.close();
    test.latest.accept(true).deliver(7, { dup: true });
    expect(test.taken).to.have.length(1);
    for (const publish of test.taken) test.session.settled(publish);
    expect(test.latest.acknowledged).to.deep.equal([7]);
  });

  it('loses no settlement that comes while the connection ends', () => {
    const test = servedSession();
    test.latest.deliver(7);
    test.logIn(renewed);
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

  it('ends a connection that was not accepted yet, too', () => {
    const test = startSession();
    test.logIn();
    test.logIn(renewed);
    expect(test.latest.ended).to.equal(true);
    test.latest.close({ kind: 'unreachable', detail: 'ended' });
    expect(test.latest.login).to.equal(renewed);
  });

  it('is the last one, where several come while the connection ends', () => {
    const test = servedSession();
    test.logIn(login({ password: 'the second token' }));
    test.logIn(renewed);
    test.latest.close();
    expect(test.connections.map((each) => each.login.password)).to.deep.equal([
      'the secret token',
      'the renewed token',
    ]);
  });

  it('is followed by waits again where it fails', () => {
    const test = servedSession();
    test.logIn(renewed);
    test.latest.close();
    test.latest.close({ kind: 'refused', detail: 'Bad username or password' });
    expect(test.reports.at(-1)).to.deep.include({ kind: 'disconnected', waitMs: 1_000 });
  });

  it('is a secret: nothing that is reported holds it', () => {
    const test = servedSession();
    test.logIn(renewed);
    test.latest.close();
    test.latest.accept(true);
    test.latest.close();
    expect(test.reports).to.have.length(4);
    expect(JSON.stringify(test.reports)).to.not.match(/token|password/);
  });
});
