import { expect } from 'chai';
import { progressLine } from '../../../bin/replay/progress.js';
import { newTally } from '../../../lib/rules/tally.js';

describe('the progress of a replay', () => {
  const line = (part: number | undefined, messages: number, elapsedMs: number): string => {
    const tally = { ...newTally(), notified: messages, expired: 2 };
    return progressLine({ part: () => part, messages: () => messages, tally }, elapsedMs);
  };

  it('shows the position, the rate, the time left and the tally', () =>
    expect(line(0.25, 5_000, 2_000)).to.equal(
      '[#####...............] 25%  5000 messages, 2500/s  6.0 s left  5000 notified, 2 expired',
    ));

  it('shows no position if the size is unknown', () =>
    expect(line(undefined, 10, 1_000)).to.equal('10 messages, 10/s  10 notified, 2 expired'));

  it('shows no time left at the end, and no rate at the start', () => {
    expect(line(1, 10, 1_000)).to.equal(
      '[####################] 100%  10 messages, 10/s  10 notified, 2 expired',
    );
    expect(line(0, 0, 0)).to.equal('[....................] 0%  0 messages, 0/s  0 notified, 2 expired');
  });
});
