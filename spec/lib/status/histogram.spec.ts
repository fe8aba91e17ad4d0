import { expect } from 'chai';
import fc from 'fast-check';
import { latencyOf } from '../../../lib/report/latency.js';
import { bounds, Histogram } from '../../../lib/status/histogram.js';

describe('the histogram of durations', () => {
  const of = (durations: readonly number[]): Histogram => {
    const histogram = new Histogram();
    for (const each of durations) histogram.add(each);
    return histogram;
  };

  it('has no percentile without durations', () => {
    expect(of([]).percentile(99)).to.equal(null);
  });

  it('has none beyond the last bound', () => {
    expect(of([20_000]).percentile(50)).to.equal(null);
  });

  it('gives the bound of the bucket in which the exact percentile is', () => {
    const durations = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(durations, (all) => {
        const exact = latencyOf(all);
        const bucket = (ms: number): number | undefined => bounds.find((bound) => ms <= bound);
        expect(of(all).total).to.equal(all.length);
        expect(of(all).percentile(50)).to.equal(bucket(exact?.p50 ?? 0));
        expect(of(all).percentile(99)).to.equal(bucket(exact?.p99 ?? 0));
      }),
    );
  });
});
