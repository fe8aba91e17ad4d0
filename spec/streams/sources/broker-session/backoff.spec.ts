import { expect } from 'chai';
import type { CloseReason } from '../../../../lib/mqtt/connection/connection.js';
import { type SessionTest, servedSession, startSession } from '../../../support/session.js';

const lost: CloseReason = { kind: 'lost', detail: 'the line was cut' };

/** When each connection was opened. */
const opened = ({ connections }: SessionTest) => connections.map(({ openedAt }) => openedAt);

/** Lets `count` connections fail at once, each, and waits for the next one. */
const fail = (test: SessionTest, count: number): void => {
  for (let failed = 0; failed < count; failed += 1) {
    test.latest.close();
    test.pass(60_000 - 1);
  }
};

describe('brokerSession: connecting', () => {
  it('waits for the first login', () => {
    const test = startSession();
    test.pass(5_000);
    expect(opened(test)).to.deep.equal([]);
    test.logIn();
    expect(opened(test)).to.deep.equal([5_000]);
  });

  it('opens one connection at a time', () => {
    const test = servedSession();
    test.pass(3_600_000);
    expect(opened(test)).to.deep.equal([0]);
  });

  it('waits twice as long after each failure, up to a minute', () => {
    const test = startSession();
    test.logIn();
    const waits: number[] = [];
    for (let failed = 0; failed < 9; failed += 1) {
      const { length } = test.connections;
      const failedAt = test.latest.openedAt;
      test.latest.close();
      while (test.connections.length === length) test.pass(500);
      waits.push(test.latest.openedAt - failedAt);
    }
    expect(waits).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('picks a random time within the wait, as many units fail at once', () => {
    const chances = [0.5, 0.25, 0];
    const test = startSession({ random: () => chances.shift() ?? 1 });
    test.logIn();
    for (const wait of [500, 500, 0]) {
      const { length } = test.connections;
      test.latest.close();
      test.pass(wait);
      expect(test.connections).to.have.length(length + 1);
    }
    expect(opened(test)).to.deep.equal([0, 500, 1_000, 1_000]);
  });

  describe('resets the backoff', () => {
    const waitAfter = (test: SessionTest): number => {
      const event = test.reports.findLast(({ kind }) => kind === 'disconnected');
      return event?.kind === 'disconnected' ? event.waitMs : Number.NaN;
    };

    it('after a connection that lasted a minute', () => {
      const test = startSession();
      test.logIn();
      fail(test, 3);
      test.latest.serve();
      test.pass(60_000);
      test.latest.close();
      expect(waitAfter(test)).to.equal(1_000);
    });

    it('not after a shorter one', () => {
      const test = startSession();
      test.logIn();
      fail(test, 3);
      test.latest.serve();
      test.pass(59_999);
      test.latest.close();
      expect(waitAfter(test)).to.equal(8_000);
    });

    it('not after one that took a minute to be accepted', () => {
      const test = startSession();
      test.logIn();
      fail(test, 3);
      test.pass(60_000);
      test.latest.serve();
      test.latest.close();
      expect(waitAfter(test)).to.equal(8_000);
    });

    it('not after one that failed a minute after an earlier one was accepted', () => {
      const test = servedSession();
      test.pass(60_000);
      test.latest.close();
      test.pass(60_000);
      test.latest.close();
      expect(waitAfter(test)).to.equal(2_000);
    });
  });

  const reasons: readonly CloseReason[] = [
    lost,
    { kind: 'unreachable', detail: 'connect ECONNREFUSED' },
    { kind: 'refused', detail: 'Bad username or password' },
    { kind: 'taken-over' },
  ];
  for (const reason of reasons) {
    it(`waits after a connection was ${reason.kind}, and reports it`, () => {
      const test = startSession();
      test.logIn();
      test.latest.close(reason);
      expect(test.reports).to.deep.equal([{ kind: 'disconnected', reason, waitMs: 1_000 }]);
      test.pass(999);
      expect(opened(test)).to.deep.equal([0]);
      test.pass(1);
      expect(opened(test)).to.deep.equal([0, 1_000]);
    });
  }
});
