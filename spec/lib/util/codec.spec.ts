import { assert } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith, decodeWith, explain } from '../../../lib/util/codec.js';

const Settings = t.intersection([
  t.type({ host: t.string, limits: t.type({ count: t.number }) }),
  t.partial({ token: t.string, ports: t.array(t.number), mode: t.union([t.literal('a'), t.null]) }),
]);

const valid = { host: 'h', limits: { count: 1 } };

describe('decodeWith', () => {
  it('gives a valid value', () => assert.deepEqual(decodeWith(Settings)(valid), E.right(valid)));

  const cases: readonly (readonly [value: unknown, problem: string])[] = [
    [{ ...valid, host: 5 }, 'field host: expected string, found a number'],
    [{ host: 'h' }, 'field limits: expected { count: number }, found nothing'],
    [{ host: 'h', limits: {} }, 'field limits.count: expected number, found nothing'],
    [{ ...valid, limits: { count: '' } }, 'field limits.count: expected number, found a string'],
    [{ ...valid, ports: [1, null] }, 'field ports.1: expected number, found null'],
    [{ ...valid, ports: [1, [2]] }, 'field ports.1: expected number, found an array'],
    [{ ...valid, ports: [{}] }, 'field ports.0: expected number, found an object'],
    [{ ...valid, token: true }, 'field token: expected string, found a boolean'],
  ];
  for (const [value, problem] of cases) {
    it(`says: ${problem}`, () => assert.deepEqual(decodeWith(Settings)(value), E.left(problem)));
  }

  it('names a field in a union, not the index of the member', () =>
    assert.match(
      E.match(String, () => '')(decodeWith(Settings)({ ...valid, mode: 'b' })),
      /^field mode: expected .*, found a string$/,
    ));

  it('explains the member of a union that the value came closest to', () =>
    assert.deepEqual(
      decodeWith(t.union([t.null, t.type({ a: t.string })]))({ a: 5 }),
      E.left('field a: expected string, found a number'),
    ));

  it('keeps the index of an array that is in a union', () => {
    const Either = t.type({ list: t.union([t.array(t.type({ n: t.number })), t.null]) });
    assert.deepEqual(
      decodeWith(Either)({ list: [{ n: 1 }, { n: 'x' }] }),
      E.left('field list.1.n: expected number, found a string'),
    );
  });

  it('names no field if the value itself is wrong', () =>
    assert.deepEqual(decodeWith(t.string)(5), E.left('expected string, found a number')));

  it('never quotes the value: it may be a secret', () =>
    assert.notInclude(
      E.match(String, () => '')(decodeWith(t.type({ token: t.number }))({ token: 's3cret' })),
      's3cret',
    ));
});

describe('decodeJsonWith', () => {
  it('decodes text', () => assert.deepEqual(decodeJsonWith(t.number)(' 5 '), E.right(5)));

  it('quotes nothing of a text that is not JSON', () =>
    assert.deepEqual(decodeJsonWith(t.number)('s3cret'), E.left('is not JSON')));

  it('says what is wrong with the value', () =>
    assert.deepEqual(decodeJsonWith(t.number)('"s3cret"'), E.left('expected number, found a string')));
});

describe('explain', () => {
  it("prefers the codec's own message", () =>
    assert.equal(
      explain([{ value: 1, context: [], message: 'must be even' }]),
      'must be even, found a number',
    ));

  it('explains an empty list of errors', () => assert.equal(explain([]), 'value is wrong'));
});
