import { expect } from 'chai';
import fc from 'fast-check';
import { Sample } from '../../../lib/report/sample.js';

/** Puts items with these groups into a sample of `room`: what is kept, and what is not. */
const sampled = (groups: readonly string[], room: number) => {
  const left: (readonly [string, number])[] = [];
  const sample = new Sample<string, readonly [string, number]>(
    room,
    () => 1,
    (_, item) => left.push(item),
  );
  groups.forEach((group, index) => {
    if (sample.takesNext(group)) sample.keep(group, [group, index]);
    else left.push([group, index]);
  });
  return { kept: [...sample.items()], left };
};

describe('sample', () => {
  it('keeps all if there is room', () => {
    expect(sampled(['a', 'b', 'a'], 3).kept.map(([, index]) => index)).to.have.members([0, 1, 2]);
  });

  it('has each item once, kept or dropped, within its room', () => {
    const groups = fc.array(fc.constantFrom('a', 'a', 'a', 'a', 'b', 'c'), { maxLength: 400 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 20, max: 100 }), (all, room) => {
        const { kept, left } = sampled(all, room);
        expect([...kept, ...left].map(([, index]) => index)).to.have.members([...all.keys()]);
        expect(kept.length).to.be.at.most(room);
        if (all.length > room) expect(kept.length).to.be.above(room / 4);
      }),
    );
  });

  it('keeps all of a small group among many others', () => {
    const rare = new Set([0, 777, 40_000, 99_999]);
    const all = Array.from({ length: 100_000 }, (_, index) => (rare.has(index) ? 'rare' : 'many'));
    const { kept } = sampled(all, 500);
    expect(kept.filter(([group]) => group === 'rare').map(([, index]) => index)).to.deep.equal([...rare]);
  });

  it('thins a large group evenly', () => {
    const { kept } = sampled(
      Array.from({ length: 10_000 }, () => 'a'),
      100,
    );
    const gaps = new Set(kept.slice(1).map(([, index], place) => index - (kept[place]?.[1] ?? 0)));
    expect([...gaps]).to.have.length(1);
  });
});
