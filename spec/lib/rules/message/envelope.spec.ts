import { assert } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { type Envelope, envelopeOf } from '../../../../lib/rules/message/envelope.js';
import { anyText, jsonText } from '../../../support/arbitraries.js';

describe('envelopeOf', () => {
  const body = (text: string): Envelope => ({
    name: 'int1-x',
    body: { text },
    timeoutMs: Number.POSITIVE_INFINITY,
  });

  it('has the name, the body and the timeout', () => {
    assert.deepEqual(
      envelopeOf('{"function":"int1-x","body":"open","timeout":5000}'),
      E.right({ name: 'int1-x', body: { text: 'open' }, timeoutMs: 5000 }),
    );
  });

  it('needs no body and no timeout', () => {
    assert.deepEqual(envelopeOf('{"function":"int1-x"}'), E.right(body('')));
    assert.deepEqual(envelopeOf('{"function":"int1-x","timeout":null}'), E.right(body('')));
    assert.deepEqual(envelopeOf('{"function":"int1-x","body":""}'), E.right(body('')));
    assert.deepEqual(envelopeOf('\r\n\t {"function":"int1-x"}\n'), E.right(body('')));
  });

  it('keeps the text of a body that is not a string', () => {
    for (const text of ['1.0', 'null', 'false', '{"a" : [1.50]}', '[ ]', '12345678901234567890']) {
      assert.deepEqual(envelopeOf(`{"function":"int1-x","body": ${text} }`), E.right(body(text)));
    }
  });

  it('may follow a byte order mark', () => {
    assert.deepEqual(envelopeOf('\u{feff}{"function":"int1-x","body":1.0}'), E.right(body('1.0')));
    assert.deepEqual(envelopeOf('\u{feff}\u{feff}{"function":"int1-x"}'), E.right(undefined));
    assert.isTrue(E.isLeft(envelopeOf('\u{feff}{"function":"int1-x","timeout":-1}')));
  });

  it('ignores inherited properties', () => {
    const kin = '{"__proto__":{"timeout":1,"body":"x"},"constructor":2,"toString":3,"function":"int1-x"}';
    assert.deepEqual(envelopeOf(kin), E.right(body('')));
  });

  it('takes the last one of repeated fields', () => {
    assert.deepEqual(
      envelopeOf('{"function":"no","body":1,"function":"int1-x","body":2.0}'),
      E.right(body('2.0')),
    );
  });

  it('is undefined unless the text is an object with a string `function`', () => {
    for (const text of [
      '',
      'open',
      '"int1-x"',
      '["int1-x"]',
      'null',
      '{}',
      '{"function":1}',
      '{"function":null}',
      '{"Function":"int1-x"}',
      '{"function":"int1-x"',
      '{"function":"int1-x"} x',
      '{"__proto__":{"function":"int1-x"}}',
      '{"function":"int1-x",}',
    ]) {
      assert.deepEqual(envelopeOf(text), E.right(undefined), text);
    }
  });

  it('is invalid if its timeout is not a duration', () => {
    for (const timeout of ['"soon"', '-1', '1e999', 'true', '{}', '[5]', '"5000"']) {
      const envelope = envelopeOf(`{"function":"int1-x","timeout":${timeout}}`);
      assert.isTrue(E.isLeft(envelope), timeout);
    }
    assert.deepEqual(
      envelopeOf('{"function":"int1-x","timeout":"soon"}'),
      E.left("the envelope's field timeout: expected a number of ms, 0 or more, found a string"),
    );
  });

  it('keeps the text of any JSON in its body', () => {
    fc.assert(
      fc.property(jsonText, fc.jsonValue(), (text, other) => {
        const json = `{"other":${JSON.stringify(other)},"body":${text},"function":"int1-x"}`;
        const value: unknown = JSON.parse(text);
        assert.deepEqual(envelopeOf(json), E.right(body(typeof value === 'string' ? value : text)));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          jsonText,
          fc.json(),
          anyText.map((text) => `{${text}`),
        ),
        (text) => {
          envelopeOf(text);
        },
      ),
    );
    const deep = '['.repeat(100_000);
    assert.deepEqual(envelopeOf(`{"function":"int1-x","body":${deep}`), E.right(undefined));
    const closed = `${deep}${']'.repeat(100_000)}`;
    assert.deepEqual(envelopeOf(`{"function":"int1-x","body":${closed}}`), E.right(body(closed)));
  });
});
