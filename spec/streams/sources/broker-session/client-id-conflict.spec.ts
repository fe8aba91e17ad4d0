import { expect } from 'chai';
import type { CloseReason } from '../../../../lib/mqtt/connection/connection.js';
import { type SessionTest, startSession } from '../../../support/session.js';

const lost: CloseReason = { kind: 'lost', detail: 'the connection was closed' };

/** A connection that is accepted, and ends after `held` ms; then the wait for the next one. */
const hold = (test: SessionTest, held: number): void => {
  test.latest.serve();
  test.pass(held);
  test.latest.close(lost);
  test.pass(60_000);
};

/** For each connection that ended: whether another client was suspected. */
const suspicions = ({ reports }: SessionTest): readonly boolean[] =>
  reports.flatMap((event) => (event.kind === 'disconnected' ? [event.conflictLikely === true] : []));

describe('brokerSession: another client with the same id', () => {
  it('is suspected when the third connection in a row is lost soon after it was accepted', () => {
    const test = startSession();
    test.logIn();
    for (const held of [10, 20_000, 59_999, 10]) hold(test, held);
    expect(suspicions(test)).to.deep.equal([false, false, true, true]);
  });

  it('is not suspected if the daemon ended the connection, as the subscription was refused', () => {
    const test = startSession();
    test.logIn();
    for (let n = 0; n < 5; n += 1) {
      test.latest.accept().subscriptions[0]?.answer(false);
      expect(test.latest.ended).to.equal(true);
      test.latest.close(lost);
      test.pass(60_000);
    }
    expect(suspicions(test)).to.deep.equal([false, false, false, false, false]);
  });

  it('is not suspected if one of them lasted a minute', () => {
    const test = startSession();
    test.logIn();
    for (const held of [10, 10, 60_000, 10, 10]) hold(test, held);
    expect(suspicions(test)).to.deep.equal([false, false, false, false, false]);
  });
});
