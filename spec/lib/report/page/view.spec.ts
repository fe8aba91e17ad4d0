import { expect } from 'chai';
import fc from 'fast-check';
import { panned, showing, whole, within, zoomed } from '../../../../lib/report/page/view.js';

const length = 1_000;
const views = fc
  .tuple(fc.double({ min: 0, max: length, noNaN: true }), fc.double({ min: 0.02, max: length, noNaN: true }))
  .map(([from, span]) => within({ from, to: from + span }, length));

describe('report, view', () => {
  it('shows the whole run with a margin', () => {
    expect(whole(length)).to.deep.equal({ from: -15, to: 1_015 });
  });

  it('stays within the run, however it is zoomed and panned', () => {
    const factor = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const by = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(views, factor, by, (view, times, ms) => {
        for (const next of [zoomed(view, view.from, times, length), panned(view, ms, length)]) {
          expect(next.to - next.from).to.be.at.least(0.02 - 1e-9);
          expect(next.from).to.be.at.least(-15 - 1e-9);
          expect(next.to).to.be.at.most(1_015 + 1e-9);
        }
      }),
    );
  });

  it('keeps what is under the pointer in place while zooming in', () => {
    fc.assert(
      fc.property(views, fc.double({ min: 0, max: 1, noNaN: true }), (view, share) => {
        const around = view.from + share * (view.to - view.from);
        const next = zoomed(view, around, 0.5, length);
        expect((around - next.from) / (next.to - next.from)).to.be.closeTo(share, 1e-6);
      }),
    );
  });

  it('moves to a time that is not visible, and only then', () => {
    const view = { from: 100, to: 200 };
    expect(showing(view, 150, length)).to.equal(view);
    for (const time of [20, 100, 199, 700]) {
      const { from, to } = showing(view, time, length);
      expect(time).to.be.within(from, to);
      expect(to - from).to.be.closeTo(100, 1e-9);
    }
  });
});
