import { expect } from 'chai';
import { holds, inTurns, type Row } from '../../bench/daemon/comparison.js';
import { median, quantile, ratios } from '../../bench/daemon/statistics.js';
import { table } from '../../bench/daemon/table.js';

const row: Row = { measure: 'speed', unit: 'msg/s', ours: [30, 10, 20], theirs: [10, 10, 10] };

describe('comparison of runs', () => {
  it('has the median of an odd and of an even number of values, whatever their order', () => {
    expect(median([9, 1, 10])).to.equal(9);
    expect(median([4, 1, 2, 100])).to.equal(3);
    expect(median([])).to.be.NaN;
  });

  it('takes quantiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect([0, 0.5, 0.99, 0.999, 1].map((share) => quantile(hundred, share))).to.deep.equal([
      1, 50, 99, 100, 100,
    ]);
  });

  it('divides pair by pair, and leaves out values without a partner', () => {
    expect(ratios([10, 30], [20, 10])).to.deep.equal([0.5, 3]);
    expect(ratios([10, 30], [20])).to.deep.equal([0.5]);
  });

  it('compares the median ratio or the median with the bound, inclusively', () => {
    expect(holds(row, { of: 'ratio', least: 2 })).to.equal(true);
    expect(holds(row, { of: 'ratio', least: 2.01 })).to.equal(false);
    expect(holds(row, { of: 'value', most: 20 })).to.equal(true);
    expect(holds(row, { of: 'value', most: 19.9 })).to.equal(false);
  });

  it('runs both sides in turns, alternating which one is first', async () => {
    const order: string[] = [];
    const side = (name: string) => () => Promise.resolve(order.push(name));
    const runs = await inTurns(3, side('ours'), side('theirs'));
    expect(order).to.deep.equal(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
    expect(runs).to.deep.equal({ ours: [1, 4, 5], theirs: [2, 3, 6] });
  });

  it('draws a table that names the missed bounds', () => {
    const rows: Row[] = [
      { ...row, bounds: [{ of: 'ratio', least: 1.8 }] },
      { measure: 'memory', unit: 'MB', ours: [1_234], theirs: [], bounds: [{ of: 'value', most: 110 }] },
    ];
    expect(table({ title: '', ours: 'cvmqtt', theirs: 'naive', rows, notes: ['By the way.'] })).to.equal(
      `
|        |       | cvmqtt           | naive            | ratio            | bound            |
|--------|-------|------------------|------------------|------------------|------------------|
| speed  | msg/s | 20.0 (10.0–30.0) | 10.0 (10.0–10.0) | 2.00 (1.00–3.00) | ratio ≥ 1.80: ok |
| memory | MB    | 1,234            |                  |                  | MB ≤ 110: MISSED |

By the way.`.slice(1),
    );
  });
});
