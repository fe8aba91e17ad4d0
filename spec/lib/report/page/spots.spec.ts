import { expect } from 'chai';
import fc from 'fast-check';
import { binWidth, spotsIn, spotWith, waitingIn } from '../../../../lib/report/page/spots.js';

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
/** Each entry is one message. */
const waits = (starts: Float64Array, times: Float64Array) => {
  const sums = Float64Array.from({ length: starts.length + 1 }, (_, index) => index);
  return { starts, startSums: sums, times, sums };
};
const manyTimes = fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), { maxLength: 200 }).map(sorted);

describe('report, spots', () => {
  it('show one message each if there is room, else several', () => {
    const times = sorted([1, 2, 2.5, 9]);
    expect(spotsIn(times, 0, 10, 0.25)).to.deep.equal([
      { first: 0, count: 1, time: 1 },
      { first: 1, count: 1, time: 2 },
      { first: 2, count: 1, time: 2.5 },
      { first: 3, count: 1, time: 9 },
    ]);
    expect(spotsIn(times, 0, 10, 2)).to.deep.equal([
      { first: 0, count: 1, time: 1 },
      { first: 1, count: 2, time: 3 },
      { first: 3, count: 1, time: 9 },
    ]);
  });

  it('cover each message of the range exactly once, at every zoom', () => {
    const zooms = fc.integer({ min: -20, max: 12 }).map((exponent) => 2 ** exponent);
    fc.assert(
      fc.property(manyTimes, zooms, (times, width) => {
        const spots = spotsIn(times, 0, 1_000, width);
        let next = 0;
        for (const { first, count } of spots) {
          expect(first).to.equal(next);
          next += count;
        }
        expect(next).to.equal(times.length);
      }),
    );
  });

  it('are unchanged by panning', () => {
    const times = sorted(Array.from({ length: 500 }, (_, index) => (index * 7.31) % 1_000));
    const all = spotsIn(times, 0, 1_000, 4);
    expect(spotsIn(times, 333, 400, 4)).to.deep.equal(all.filter(({ time }) => time > 330 && time < 402));
  });

  it('are found by any of their messages', () => {
    fc.assert(
      fc.property(
        manyTimes.filter((times) => times.length > 0),
        fc.nat(),
        (times, number) => {
          const place = number % times.length;
          const spot = spotWith(times, place, 8);
          expect(spotsIn(times, 0, 1_000, 8)).to.deep.include(spot);
          expect(place).to.be.within(spot.first, spot.first + spot.count - 1);
        },
      ),
    );
  });

  it('are 5 to 10 pixels wide', () => {
    for (const perPixel of [0.001, 0.37, 1, 12_345]) {
      expect(binWidth(perPixel) / perPixel).to.be.within(5, 10);
    }
  });
});

describe('report, waiting', () => {
  it('lasts as long as the wait, and is as deep as the number of messages', () => {
    expect(waitingIn(waits(sorted([1, 3]), sorted([6, 6])), 0, 10, 0.01)).to.deep.equal([
      { from: 1, to: 3, depth: 1 },
      { from: 3, to: 6, depth: 2 },
    ]);
  });

  it('is shown even if it began before the visible range and ends after it', () => {
    expect(waitingIn(waits(sorted([1]), sorted([9])), 4, 5, 0.1)).to.deep.equal([
      { from: 4, to: 5, depth: 1 },
    ]);
  });

  it('is empty if nothing waits', () => {
    expect(waitingIn(waits(sorted([1, 2]), sorted([1, 2])), 0, 10, 0.1)).to.deep.equal([]);
  });

  it('adds up to the total time waited', () => {
    const each = fc.array(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 400 })), { maxLength: 50 });
    fc.assert(
      fc.property(each, (each) => {
        const starts = sorted(each.map(([start]) => start));
        const ends = sorted(each.map(([start, wait]) => start + wait));
        const sum = waitingIn(waits(starts, ends), -1, 1_000, 1e-6).reduce(
          (total, { from, to, depth }) => total + (to - from) * depth,
          0,
        );
        expect(sum).to.be.closeTo(
          each.reduce((total, [, wait]) => total + wait, 0),
          0.01,
        );
      }),
    );
  });
});
