import { expect } from 'chai';
import type { CloseReason } from '../../../lib/broker/close-reason.js';
import { lossesAfter, suggestRival } from '../../../lib/broker/rival.js';

const soonMs = 60_000;
const lost: CloseReason = { kind: 'lost', detail: 'the connection was closed' };

describe('a rival for the session', () => {
  it('is suggested by three connections in a row that were lost soon', () => {
    let losses = 0;
    const suggested = [1, 2, 3, 4].map(() => {
      losses = lossesAfter(losses, lost, soonMs - 1, soonMs);
      return suggestRival(losses);
    });
    expect(suggested).to.deep.equal([false, false, true, true]);
  });

  it('is not suggested by one that held', () => {
    expect(lossesAfter(2, lost, soonMs, soonMs)).to.equal(0);
  });

  const others: readonly CloseReason[] = [
    { kind: 'unreachable', detail: 'connect ECONNREFUSED' },
    { kind: 'refused', detail: 'Not authorized' },
    { kind: 'taken-over' },
    { kind: 'unsupported-version' },
  ];
  for (const other of others)
    it(`is not suggested by one that ended otherwise: ${other.kind}`, () => {
      expect(lossesAfter(2, other, 10, soonMs)).to.equal(0);
    });
});
