import { expect } from 'chai';
import fc from 'fast-check';
import { jsonLine, printable, shortened } from '../../../lib/util/printable.js';
import { hostileText, steering } from '../../support/hostile-text.js';

describe('printable', () => {
  it('escapes all control characters of any text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(steering(printable(text))).to.deep.equal([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('escapes each control character of the basic plane', () => {
    for (let code = 0; code <= 0xffff; code += 1) {
      const char = String.fromCharCode(code);
      const harmless = steering(char).length === 0;
      expect(printable(char)).to.equal(harmless ? char : `\\u${code.toString(16).padStart(4, '0')}`);
    }
  });

  it('shows the code of an escaped character', () => {
    const text = 'a\u001b[2J\r\n\u0000\u009b\u2028\u202eb\ud83dc\ufeff';
    expect(printable(text)).to.equal('a\\u001b[2J\\u000d\\u000a\\u0000\\u009b\\u2028\\u202eb\\ud83dc\\ufeff');
  });

  it('leaves ordinary text unchanged', () => {
    const text = 'Grüße, “привет” 你好 👩‍👩‍👧 a\\b "c"';
    expect(printable(text)).to.equal(text);
  });

  it('cuts after the maximum length', () => {
    expect(printable('x'.repeat(400))).to.equal('x'.repeat(400));
    expect(printable('x'.repeat(401))).to.equal(`${'x'.repeat(400)}…`);
    expect(printable('abcdef', 3)).to.equal('abc…');
  });

  it('leaves no half of a character at the cut', () => {
    expect(printable('ab😀', 3)).to.equal('ab\\ud83d…');
  });
});

describe('shortened', () => {
  it('is a short text itself, or the beginning of a long one', () => {
    expect([shortened('abc', 3), shortened('abcd', 3)]).to.deep.equal(['abc', 'abc…']);
  });
});

describe('jsonLine', () => {
  it('is one escaped line that reads back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, hostileText), (fields) => {
        const line = jsonLine(fields);
        expect(steering(line)).to.deep.equal([]);
        // As JSON.stringify gives it: only the line itself differs.
        expect(JSON.parse(line)).to.deep.equal(JSON.parse(JSON.stringify(fields)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('preserves lone surrogates, which no Unicode encoding can', () => {
    expect(JSON.parse(jsonLine('\ud83d'))).to.equal('\ud83d');
  });
});
