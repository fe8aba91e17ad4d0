import { expect } from 'chai';
import fc from 'fast-check';
import { newColumn } from '../../../lib/report/columns.js';
import { numbersOf } from '../../../lib/report/page/decode.js';

const roundTrip = (values: readonly number[]): readonly number[] => {
  const column = newColumn();
  values.forEach(column.add);
  return [...numbersOf(column.base64(), values.length)];
};

describe('columns', () => {
  it('are decoded unchanged: whole numbers of any size, negative ones included', () => {
    const numbers = fc.array(
      fc.oneof(
        fc.integer(),
        fc.integer({ min: -200, max: 200 }),
        fc.maxSafeInteger().map((n) => Math.trunc(n / 2) + 0),
      ),
      { maxLength: 3_000 },
    );
    fc.assert(
      fc.property(numbers, (values) => {
        expect(roundTrip(values).map((value) => value + 0)).to.deep.equal(values);
      }),
    );
  });

  it('round their values, and count anything that is not a number as 0', () => {
    expect(roundTrip([1.4, -1.6, Number.NaN, Number.POSITIVE_INFINITY])).to.deep.equal([1, -2, 0, 0]);
  });

  it('take one byte for a small number', () => {
    const column = newColumn();
    for (let value = -64; value < 64; value += 1) column.add(value);
    expect(Buffer.from(column.base64(), 'base64')).to.have.length(128);
  });
});
