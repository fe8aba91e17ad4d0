import { expect } from 'chai';
import fc from 'fast-check';
import { NewestLines } from '../../../lib/diag/newest-lines.js';

describe('NewestLines', () => {
  it('keeps the newest lines that fit, and says how many it left out', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.integer({ min: 1, max: 60 }), (given, most) => {
        const newest = new NewestLines(most);
        for (const line of given) newest.add(line);
        const { lines, problems } = newest;
        expect(lines).to.deep.equal(given.slice(given.length - lines.length));
        const bytes = (some: readonly string[]) =>
          Buffer.byteLength(some.map((line) => `${line}\n`).join(''));
        expect(bytes(lines)).to.be.at.most(most);
        const leftOut = given.length - lines.length;
        if (leftOut > 0) expect(bytes(given.slice(leftOut - 1))).to.be.above(most);
        expect(problems.map((text) => Number.parseInt(text, 10))).to.deep.equal(leftOut > 0 ? [leftOut] : []);
      }),
    );
  });
});
