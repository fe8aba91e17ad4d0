import { expect } from 'chai';
import fc from 'fast-check';
import { jsonLine, printable, shortened } from '../../../lib/util/printable.js';
import { hostileText, steering } from '../../support/hostile-text.js';

describe('printable', () => {
  it('has nothing in it that could steer a terminal, whatever the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(steering(printable(text))).to.deep.equal([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has nothing in it that could steer a terminal, for each character of the basic plane', () => {
    for (let code = 0; code <= 0xffff; code += 1) {
      const char = String.fromCharCode(code);
      const harmless = steering(char).length === 0;
      expect(printable(char)).to.equal(harmless ? char : `\\u${code.toString(16).padStart(4, '0')}`);
    }
  });

  it('says what was there', () => {
    const text = 'a\u001b[2J\r\n\u0000\u009b\u2028\u202eb\ud83dc\ufeff';
    expect(printable(text)).to.equal('a\\u001b[2J\\u000d\\u000a\\u0000\\u009b\\u2028\\u202eb\\ud83dc\\ufeff');
  });

  it('leaves alone what people write', () => {
    const text = 'Grüße, “привет” 你好 👩‍👩‍👧 a\\b "c"';
    expect(printable(text)).to.equal(text);
  });

  it('is cut after so many characters', () => {
    expect(printable('x'.repeat(400))).to.equal('x'.repeat(400));
    expect(printable('x'.repeat(401))).to.equal(`${'x'.repeat(400)}…`);
    expect(printable('abcdef', 3)).to.equal('abc…');
  });

  it('is not cut through a character in a way that leaves half of it', () => {
    expect(printable('ab😀', 3)).to.equal('ab\\ud83d…');
  });
});

describe('shortened', () => {
  it('is the text where it is short enough, and else its beginning', () => {
    expect([shortened('abc', 3), shortened('abcd', 3)]).to.deep.equal(['abc', 'abc…']);
  });
});

describe('jsonLine', () => {
  it('is one harmless line that reads back as the same value, whatever the text', () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, hostileText), (fields) => {
        const line = jsonLine(fields);
        expect(steering(line)).to.deep.equal([]);
        // As JSON.stringify gives it: only what is on the line differs.
        expect(JSON.parse(line)).to.deep.equal(JSON.parse(JSON.stringify(fields)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives back lone surrogates, which no encoding of Unicode could', () => {
    expect(JSON.parse(jsonLine('\ud83d'))).to.equal('\ud83d');
  });
});
