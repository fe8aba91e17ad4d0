import { expect } from 'chai';
import fc from 'fast-check';
import { jsonBytes } from '../../../../lib/rules/message/json-bytes.js';

describe('jsonBytes', () => {
  it('counts the bytes that JSON.stringify writes between the quotes, for any text', () => {
    const codeUnits = fc.array(
      fc.oneof(fc.nat(0xffff), fc.nat(0x80), fc.integer({ min: 0xd7ff, max: 0xe000 })),
    );
    fc.assert(
      fc.property(codeUnits, (units) => {
        const text = String.fromCharCode(...units);
        expect(jsonBytes(text)).to.equal(Buffer.byteLength(JSON.stringify(text)) - 2);
      }),
      { numRuns: 1_000 },
    );
  });
});
