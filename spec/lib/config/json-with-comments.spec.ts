import { expect } from 'chai';
import fc from 'fast-check';
import { isTorn, parseJsonWithComments } from '../../../lib/config/json-with-comments.js';
import { leftOf, rightOf } from '../../support/either.js';

describe('parseJsonWithComments', () => {
  it('parses plain JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(rightOf(parseJsonWithComments(text))).to.deep.equal(JSON.parse(text));
      }),
    );
  });

  it('names the line of the first error', () => {
    expect(leftOf(parseJsonWithComments('{\n  "a": 1,\n  "b": tru,\n  c\n}'))).to.equal(
      'is not JSON, line 3',
    );
  });

  it('refuses nesting that would overflow the stack', () => {
    expect(leftOf(parseJsonWithComments('['.repeat(500_000)))).to.equal('is nested too deeply');
  });

  it('treats __proto__ like any other key', () => {
    const json = rightOf(parseJsonWithComments('{"__proto__": {"a": 1}, "constructor": 2}'));
    expect(json).to.not.have.property('a');
    expect(Object.keys(Object(json))).to.deep.equal(['__proto__', 'constructor']);
  });
});

describe('isTorn', () => {
  const torn = [
    '',
    ' \n',
    '\0\0\0',
    '{"keepalive_s": 60}\0\0',
    '{',
    '{"keepalive',
    '{"keepalive_s": 6',
    '{"keepalive_s":',
    '{"a": tru',
    '// of the ven',
    '/* of the ven',
    '{"a": 1, // one',
  ];
  for (const text of torn)
    it(`is true for ${JSON.stringify(text)}`, () => expect(isTorn(text)).to.equal(true));

  const mistaken = ['{}', '{"a": 1}}', '{"a": 1 "b": 2}', '{a: 1}', '{"a": "b\n}', 'keepalive_s = 60', '[]'];
  for (const text of mistaken)
    it(`is false for ${JSON.stringify(text)}: valid, or a mistake`, () =>
      expect(isTorn(text)).to.equal(false));

  it('is true for any part of settings whose writing was cut off', () => {
    const settings = fc.tuple(
      fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
      fc.constantFrom(undefined, 2),
    );
    fc.assert(
      fc.property(settings, fc.nat(), ([json, indent], at) => {
        const text = JSON.stringify(json, undefined, indent);
        expect(isTorn(text), 'whole').to.equal(false);
        expect(isTorn(text.slice(0, at % text.length)), 'cut').to.equal(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws', () => {
    isTorn('['.repeat(500_000));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof isTorn(text) === 'boolean'));
  });
});
