import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { parseSpeed } from '../../../lib/capture/speed.js';

describe('the speed of a replay', () => {
  for (const [text, speed] of [
    ['max', 'max'],
    ['1x', 1],
    ['10x', 10],
    ['0.5x', 0.5],
    ['200%', 2],
    ['12.5%', 0.125],
  ] as const) {
    it(`${text} is ${speed}`, () => expect(parseSpeed(text)).to.deep.equal(E.right(speed)));
  }

  for (const text of ['', '10', 'x', '-1x', '0x', '0%', '1 x', 'MAX', '1e3x', '1x2x']) {
    it(`"${text}" is not a speed`, () => expect(E.isLeft(parseSpeed(text))).to.equal(true));
  }
});
