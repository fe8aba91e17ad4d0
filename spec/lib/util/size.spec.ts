import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { parseSize, showSize } from '../../../lib/util/size.js';

describe('sizes', () => {
  it('are parsed from their usual notation', () => {
    for (const [text, bytes] of [
      ['1', 1],
      ['500000', 500_000],
      ['64k', 65_536],
      ['10M', 10_485_760],
      ['1.5G', 1_610_612_736],
    ] as const) {
      expect(parseSize(text)).to.deep.equal(E.right(bytes));
    }
  });

  it('are refused in any other notation', () => {
    for (const text of [
      '',
      '0',
      '-1',
      '10 M',
      '10m',
      '1e3',
      'M',
      '0.2',
      'x'.repeat(1_000),
      '9'.repeat(400),
    ]) {
      expect(parseSize(text))
        .to.have.property('left')
        .that.matches(/not a size/)
        .and.has.length.below(120);
    }
  });

  it('are shown briefly', () => {
    expect([0, 1_023, 1_024, 1_048_575, 1_610_612_736, 2 ** 50].map(showSize)).to.deep.equal([
      '0 bytes',
      '1023 bytes',
      '1.0 KiB',
      '1024.0 KiB',
      '1.5 GiB',
      '1048576.0 GiB',
    ]);
  });
});
