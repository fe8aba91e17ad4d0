import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { drawDiagram, type Marble, maxColumns, parseDiagram } from '../../../lib/util/marble-diagram.js';
import { leftOf, rightOf } from '../../support/either.js';

const letters = /[a-z0-9]/;
const parse = (text: string) => parseDiagram(text, letters);

const inOrder = (marbles: readonly Marble[]): readonly Marble[] =>
  [...marbles].sort((one, other) => one.frame - other.frame);

const letter = fc.constantFrom(...'abcxyz019');
const marbles = fc.array(fc.record({ frame: fc.nat(60), mark: letter }), { maxLength: 40 });
/** A diagram as people write it: no parentheses around one mark, or none. */
const diagram = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('-') },
      letter,
      fc.array(letter, { minLength: 2, maxLength: 4 }).map((group) => `(${group.join('')})`),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('parseDiagram', () => {
  it('takes a column for a frame, and a group for its first column', () => {
    expect(parse('-a--(bc)d')).to.deep.equal(
      E.right({
        marbles: [
          { frame: 1, mark: 'a' },
          { frame: 4, mark: 'b' },
          { frame: 4, mark: 'c' },
          { frame: 8, mark: 'd' },
        ],
        length: 9,
      }),
    );
  });

  it('ends with "|"', () => {
    expect(parse('-a-|')).to.deep.equal(E.right({ marbles: [{ frame: 1, mark: 'a' }], length: 4, end: 3 }));
  });

  for (const [text, what] of [
    ['', 'the diagram is empty'],
    ['-A', 'column 2: "A" is not allowed here'],
    ['- a', 'column 2: a space; use "-" for an empty frame'],
    ['-(a(b))', 'column 4: nested parentheses'],
    ['-(a-)', 'column 4: "-" within parentheses'],
    ['-(a|)', 'column 4: "|" within parentheses'],
    ['-a)', 'column 3: ")" without "("'],
    ['-(ab', '"(" without ")"'],
    ['-|-', 'column 2: "|" must be the last character'],
    ['-'.repeat(maxColumns + 1), `has ${maxColumns + 1} columns, more than ${maxColumns}`],
    ['-\u{1f600}', 'column 2: "\u{1f600}" is not allowed here'],
  ] as const) {
    it(`refuses "${text.slice(0, 20)}": ${what}`, () => {
      expect(leftOf(parse(text))).to.equal(what);
    });
  }

  it('takes a diagram of the greatest length', () => {
    expect(rightOf(parse('-'.repeat(maxColumns))).length).to.equal(maxColumns);
  });
});

describe('drawDiagram', () => {
  it('draws a row, and another where there is no room', () => {
    const crowded = rightOf(parse('-a--(bc)-')).marbles.concat({ frame: 6, mark: 'd' });
    expect(drawDiagram(crowded, 10)).to.deep.equal(['-a--(bc)--', '------d---']);
    expect(drawDiagram([], 3)).to.deep.equal(['---']);
  });

  it('draws what was taken apart as it was', () => {
    fc.assert(
      fc.property(diagram, (text) => {
        const { marbles: found, length } = rightOf(parse(text));
        expect(drawDiagram(found, length)).to.deep.equal([text]);
      }),
    );
  });

  it('loses no mark, however crowded', () => {
    fc.assert(
      fc.property(marbles, fc.nat(80), (all, length) => {
        const rows = drawDiagram(all, length);
        const read = rows.flatMap((row) => (row === '' ? [] : rightOf(parse(row)).marbles));
        expect(inOrder(read)).to.deep.equal(inOrder(all));
        for (const row of rows) expect(row.length).to.be.at.least(length);
      }),
    );
  });
});
