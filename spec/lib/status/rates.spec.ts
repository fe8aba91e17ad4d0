import { expect } from 'chai';
import { newCondition } from '../../../lib/status/condition.js';
import { Counters } from '../../../lib/status/counters.js';
import { Rates, sparkline } from '../../../lib/status/rates.js';
import { noGauges, snapshotOf } from '../../../lib/status/take.js';

const snapshot = (pid: number, received: number) => ({
  ...snapshotOf(
    { pid, process: 'life', boot: 'boot', started_at: 0 },
    newCondition(0),
    new Counters(),
    noGauges,
    { written_at: 1, clock_synchronised: false },
  ),
  received,
});

describe('the rates of the live screen', () => {
  it('are drawn as bars, scaled to the largest', () => {
    expect(sparkline([0, 1, 2, 4])).to.equal('▁▃▅█');
    expect(sparkline([0, 0])).to.equal('▁▁');
  });

  it('are a second’s, whatever the time between two looks', () => {
    const rates = new Rates();
    rates.add(snapshot(1, 10), 0);
    rates.add(snapshot(1, 30), 2_000);
    expect(rates.lines(80)[0]).to.equal('  received     10.0/s █');
    rates.add(snapshot(2, 5), 3_000);
    expect(rates.lines(80)[0]).to.equal('  received      0.0/s ');
  });

  it('keep to the width', () => {
    const rates = new Rates();
    for (let at = 0; at < 100; at += 1) rates.add(snapshot(1, at * at), at * 1_000);
    for (const width of [30, 80, 200])
      for (const line of rates.lines(width)) expect(line.length).to.be.at.most(width);
  });
});
