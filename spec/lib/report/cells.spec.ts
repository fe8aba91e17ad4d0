import { expect } from 'chai';
import fc from 'fast-check';
import { Cells } from '../../../lib/report/cells.js';

const message = fc.record({
  group: fc.nat({ max: 5 }),
  at: fc.double({ min: 0, max: 1e7, noNaN: true }),
  wait: fc.double({ min: 0, max: 1e6, noNaN: true }),
});

describe('cells', () => {
  it('count each message in the step in which it arrived and in the one in which it was settled', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 200 }), (messages) => {
        const cells = new Cells();
        for (const { group, at, wait } of messages) cells.add(group, at, at + wait);
        const expected = new Map<string, number>();
        const down = (time: number): number => Math.floor(time / cells.stepMs) * cells.stepMs;
        for (const { group, at, wait } of messages) {
          const key = `${group} ${down(at)} ${down(at + wait)}`;
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        const counted = Array.from(
          cells.cells(),
          ({ group, at, settledAt, count }) => [`${group} ${at} ${settledAt}`, count] as const,
        );
        expect(new Map(counted)).to.deep.equal(expected);
      }),
    );
  });

  it('are bounded in number: their steps become longer with the run', () => {
    const cells = new Cells();
    for (let at = 0; at < 300_000; at += 1) cells.add(at % 100, at * 10, at * 10 + 5_000);
    expect([...cells.cells()].length).to.be.within(10_000, 60_000);
    expect(Math.log2(cells.stepMs) % 1).to.equal(0);
  });

  it('stay as they are if there are as many groups', () => {
    const cells = new Cells();
    for (let group = 0; group < 60_010; group += 1) cells.add(group, 1, 1);
    expect([...cells.cells()].length).to.equal(60_010);
  });
});
