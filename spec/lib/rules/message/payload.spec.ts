import { assert } from 'chai';
import fc, { type Arbitrary } from 'fast-check';
import { byteLength, bytesOf, payloadOf, samePayload } from '../../../../lib/rules/message/payload.js';
import { anyText } from '../../../support/arbitraries.js';

const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Any bytes: mostly text, sometimes with a byte order mark, or cut within a character. */
const anyBytes: Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array(),
  anyText.map((text) => Uint8Array.from(Buffer.from(text))),
  anyText.map((text) => Uint8Array.from(Buffer.from(text).subarray(0, -1))),
  fc.oneof(fc.uint8Array(), anyText.map(Buffer.from)).map((rest) => Uint8Array.of(...byteOrderMark, ...rest)),
);

describe('payloadOf', () => {
  it('gives text if the bytes are UTF-8, else the bytes', () => {
    assert.deepEqual(payloadOf(Buffer.from('grüße')), { text: 'grüße' });
    assert.deepEqual(payloadOf(new Uint8Array()), { text: '' });
    for (const bytes of [
      Uint8Array.of(0xff, 0x00),
      Uint8Array.of(0xc3),
      // An overlong slash in two bytes, and half of a surrogate pair.
      Uint8Array.of(0xc0, 0xaf),
      Uint8Array.of(0xed, 0xa0, 0x80),
    ]) {
      assert.deepEqual(payloadOf(bytes), { bytes });
    }
  });

  it('reads only its part of a larger buffer', () => {
    const whole = Buffer.from('before int1-open after');
    assert.deepEqual(payloadOf(new Uint8Array(whole.buffer, whole.byteOffset + 7, 9)), { text: 'int1-open' });
  });

  it('keeps a byte order mark', () => {
    assert.deepEqual(payloadOf(Uint8Array.of(...byteOrderMark, 0x31)), { text: '\u{feff}1' });
  });

  it('loses no byte: bytesOf gives them back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        assert.deepEqual([...bytesOf(payloadOf(bytes))], [...bytes]);
      }),
    );
  });
});

describe('byteLength', () => {
  it('counts bytes, not characters', () => {
    assert.equal(byteLength({ text: 'grüße' }), 7);
    assert.equal(byteLength({ bytes: Uint8Array.of(0xff, 0) }), 2);
    fc.assert(fc.property(anyBytes, (bytes) => assert.equal(byteLength(payloadOf(bytes)), bytes.length)));
  });
});

describe('samePayload', () => {
  it('is true if the bytes are equal', () => {
    const near = anyBytes.chain((bytes) =>
      fc
        .oneof(
          anyBytes,
          fc.constant(bytes),
          fc.nat(255).map((last) => Uint8Array.of(...bytes.slice(0, -1), last)),
        )
        .map((other) => [bytes, other] as const),
    );
    fc.assert(
      fc.property(near, ([one, other]) => {
        const same = Buffer.compare(one, other) === 0;
        assert.equal(samePayload(payloadOf(one), payloadOf(other)), same);
        assert.equal(samePayload(payloadOf(other), payloadOf(one)), same);
      }),
      { numRuns: 500 },
    );
  });

  it('is false if a byte, the length or the kind differs', () => {
    const text = { text: 'open' };
    const bytes = { bytes: Uint8Array.of(0xff, 1) };
    assert.isTrue(samePayload(bytes, { bytes: Uint8Array.of(0xff, 1) }));
    assert.isTrue(samePayload(text, { text: 'open' }));
    for (const other of [{ text: 'opem' }, { text: 'open ' }, { text: '' }, bytes]) {
      assert.isFalse(samePayload(text, other));
    }
    for (const other of [Uint8Array.of(0xff, 2), Uint8Array.of(0xff), Uint8Array.of(0xff, 1, 0)]) {
      assert.isFalse(samePayload(bytes, { bytes: other }));
    }
  });
});
