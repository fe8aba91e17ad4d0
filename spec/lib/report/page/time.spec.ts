import { expect } from 'chai';
import fc from 'fast-check';
import { counted, duration, moment, roughly, tickStep, ticks } from '../../../../lib/report/page/time.js';

describe('report, time', () => {
  it('is shown in readable units', () => {
    const expected = {
      '0': 0,
      '0.85 ms': 0.85,
      '12.3 ms': 12.3,
      '250 ms': 250,
      '1.25 s': 1_250,
      '59.9 s': 59_900,
      '1 min': 59_999.9,
      '2 min 5 s': 125_000,
      '1 h 3 min': 3_780_000,
      '3 d 4 h': 273_600_000,
      '−1.5 s': -1_500,
    };
    for (const [text, ms] of Object.entries(expected)) expect(duration(ms)).to.equal(text);
  });

  it('keeps the labels of an axis distinct at every zoom', () => {
    const span = fc.integer({ min: -2, max: 9 }).map((exponent) => 10 ** exponent);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000_000 }), span, (from, length) => {
        const times = ticks(from, from + length, 10);
        const step = tickStep(from, from + length, 10);
        const labels = times.map((time) => duration(time, step));
        expect(times.length).to.be.within(1, 11);
        expect(new Set(labels).size).to.equal(labels.length);
      }),
    );
  });

  it('has ticks at round times only', () => {
    expect(ticks(0, 20_000, 9)).to.deep.equal([0, 5_000, 10_000, 15_000, 20_000]);
    expect(ticks(90_000, 200_000, 5)).to.deep.equal([90_000, 120_000, 150_000, 180_000]);
    expect(ticks(0, 1e12, 4).length).to.be.at.most(5);
  });

  it('is rough in a table', () => {
    expect([0.123_4, 1.676, 53_213, 108_000, 7_000_000].map(roughly)).to.deep.equal([
      '0.12 ms',
      '1.68 ms',
      '53.2 s',
      '1.8 min',
      '1.9 h',
    ]);
  });

  it('is shown with the time of day if that is known', () => {
    expect(moment(null, 1_500)).to.equal('1.5 s');
    expect(moment(Date.UTC(2026, 10, 23, 8), 61_005)).to.equal('1 min 1.005 s · 2026-11-23 08:01:01.005 UTC');
  });

  it('separates thousands in counts', () => {
    expect([0, 999, 1_000, 1_234_567].map(counted)).to.deep.equal(['0', '999', '1,000', '1,234,567']);
  });
});
