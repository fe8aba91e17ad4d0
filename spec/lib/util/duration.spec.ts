import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { compactDuration, parseDuration, showDuration } from '../../../lib/util/duration.js';

describe('a duration', () => {
  for (const [text, ms] of [
    ['250ms', 250],
    ['90s', 90_000],
    ['1.5s', 1_500],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
  ] as const) {
    it(`${text} is ${ms} ms`, () => expect(parseDuration(text)).to.deep.equal(E.right(ms)));
  }

  for (const text of [
    '',
    '10',
    's',
    '-1s',
    '1h 30m',
    '1y',
    'x1s',
    '1s!',
    '1e3s',
    '.5s',
    `${'9'.repeat(400)}d`,
  ]) {
    it(`"${text}" is not a duration`, () => expect(E.isLeft(parseDuration(text))).to.equal(true));
  }

  for (const [ms, words] of [
    [0.4, '0 ms'],
    [250, '250 ms'],
    [12_340, '12.3 s'],
    [320_000, '5 min 20 s'],
    [11_100_000, '3 h 5 min'],
  ] as const) {
    it(`${ms} ms reads "${words}"`, () => expect(showDuration(ms)).to.equal(words));
  }

  for (const [ms, text] of [
    [0, '0s'],
    [250, '250ms'],
    [90_000, '1m30s'],
    [90_061_001, '1d1h1m1s1ms'],
  ] as const) {
    it(`${ms} ms is written ${text}`, () => expect(compactDuration(ms)).to.equal(text));
  }

  it('reads back as written', () => {
    fc.assert(
      fc.property(fc.nat(), (ms) => {
        expect(parseDuration(compactDuration(ms))).to.deep.equal(E.right(ms));
      }),
    );
  });
});
