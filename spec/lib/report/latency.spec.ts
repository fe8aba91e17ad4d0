import { expect } from 'chai';
import fc from 'fast-check';
import { latenciesOf, latencyOf } from '../../../lib/report/latency.js';
import { notified, rejected, smallRun } from '../../support/runs.js';

describe('latency', () => {
  it('is undefined without durations', () => {
    expect(latencyOf([])).to.equal(undefined);
  });

  it('of one duration is that duration', () => {
    expect(latencyOf([12])).to.deep.equal({ count: 1, p50: 12, p90: 12, p99: 12, max: 12 });
  });

  it('has percentiles by the nearest rank, in any order', () => {
    const durations = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(latencyOf(durations)).to.deep.equal({ count: 200, p50: 100, p90: 180, p99: 198, max: 200 });
    expect(latencyOf([3, 1, 2])).to.deep.equal({ count: 3, p50: 2, p90: 3, p99: 3, max: 3 });
  });

  it('has at least p % of all durations at or below a percentile, and fewer below it', () => {
    const durations = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(durations, (all) => {
        const latency = latencyOf(all);
        for (const [percent, value] of [
          [50, latency?.p50],
          [90, latency?.p90],
          [99, latency?.p99],
        ] as const) {
          expect(all).to.include(value);
          const atMost = all.filter((each) => each <= (value ?? 0)).length;
          const below = all.filter((each) => each < (value ?? 0)).length;
          expect(atMost * 100).to.be.at.least(percent * all.length);
          expect(below * 100).to.be.below(percent * all.length);
        }
      }),
    );
  });

  it('covers notified messages, by integration', () => {
    const messages = [
      notified(0, 'int1', 'a', { waitMs: 10, tookMs: 1 }),
      notified(5, 'int1', 'b', { tookMs: 3 }),
      notified(7, 'cafe', 'a', { tookMs: 2 }),
      rejected(8, 'expired', 'cafe-a', { waitMs: 5_000 }),
    ];
    const { all, byIntegration } = latenciesOf({ ...smallRun(), messages });
    expect(all).to.deep.equal({ count: 3, p50: 3, p90: 11, p99: 11, max: 11 });
    expect([...byIntegration]).to.deep.equal([
      ['int1', { count: 2, p50: 3, p90: 11, p99: 11, max: 11 }],
      ['cafe', { count: 1, p50: 2, p90: 2, p99: 2, max: 2 }],
    ]);
  });

  it('is undefined if nothing was notified', () => {
    const { all, byIntegration } = latenciesOf({ ...smallRun(), messages: [rejected(1, 'refused', 'a-b')] });
    expect([all, byIntegration.size]).to.deep.equal([undefined, 0]);
  });
});
