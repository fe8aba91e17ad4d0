import { expect } from 'chai';
import fc from 'fast-check';
import { Chance } from '../../simulate/engine/chance.js';
import { type Course, runFleet, type Scenario } from '../../simulate/fleet/fleet.js';

const run = (seed: number, more: Partial<Scenario> = {}): Course => {
  const chance = new Chance(seed);
  return runFleet({
    units: 1_000,
    acceptsPerS: 20,
    away: 'broker',
    outageMs: 600_000,
    reconnect: { baseMs: 1_000, capMs: 60_000 },
    retry: { baseMs: 1_000, capMs: 60_000 },
    stableMs: 60_000,
    random: () => chance.next(),
    ...more,
  });
};

describe('the simulated fleet', () => {
  it('is all back, never faster than the broker accepts, and each attempt is accepted or refused', () => {
    const scenarios = fc.record({
      away: fc.constantFrom('broker', 'tokens'),
      outageMs: fc.integer({ min: 1, max: 300_000 }),
      acceptsPerS: fc.integer({ min: 5, max: 2_000 }),
    });
    fc.assert(
      fc.property(fc.integer(), scenarios, (seed, more) => {
        const { seconds, refused, peakAfter } = run(seed, more);
        const counts = seconds.map(({ connected }) => connected);
        expect(counts.at(-1)).to.equal(1_000);
        for (const [at, count] of counts.entries())
          expect(count - (counts[at - 1] ?? 0)).to.be.within(0, more.acceptsPerS);
        const attempts = seconds.map((each) => each.attempts);
        expect(attempts.reduce((sum, each) => sum + each, 0)).to.equal(1_000 + refused);
        expect(Math.max(...attempts)).to.equal(peakAfter);
      }),
      { numRuns: 30 },
    );
  });

  it('is the same for the same seed, and another one for another', () => {
    expect(run(1)).to.deep.equal(run(1));
    expect(run(1)).to.not.deep.equal(run(2));
  });

  it('waits up to the cap in a long outage, so that the attempts spread', () => {
    const { peakAfter } = run(1);
    // 1,000 units with 30 s from one attempt to the next on average.
    expect(peakAfter).to.be.within(33, 66);
    expect(run(1, { reconnect: { baseMs: 1_000, capMs: 600 } }).peakAfter).to.be.above(1_000);
  });

  it('needs longer when cvmain has no new token before the token service is back', () => {
    expect(run(1, { away: 'tokens' }).backMs).to.be.above(run(1).backMs);
  });
});
