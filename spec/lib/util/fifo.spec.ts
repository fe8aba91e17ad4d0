import { expect } from 'chai';
import fc from 'fast-check';
import { Fifo } from '../../../lib/util/fifo.js';

describe('Fifo', () => {
  it('behaves like an array with push and shift', () =>
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.nat(), { nil: undefined, freq: 2 }), { maxLength: 700, size: 'max' }),
        (steps) => {
          const fifo = new Fifo<number>();
          const array: number[] = [];
          for (const step of steps) {
            if (step === undefined) expect(fifo.shift()).to.equal(array.shift());
            else {
              fifo.push(step);
              array.push(step);
            }
            expect([fifo.size, fifo.first]).to.deep.equal([array.length, array[0]]);
            expect(fifo.items).to.deep.equal(array);
          }
        },
      ),
    ));

  it('frees removed items', () => {
    const fifo = new Fifo<number>();
    for (let at = 0; at < 1_000; at += 1) fifo.push(at);
    const taken = Array.from({ length: 1_001 }, () => fifo.shift());
    expect(taken).to.deep.equal([...Array.from({ length: 1_000 }, (_, at) => at), undefined]);
    expect(fifo.size).to.equal(0);
  });
});
