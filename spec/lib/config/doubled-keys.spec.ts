import { expect } from 'chai';
import fc from 'fast-check';
import { doubledKeys } from '../../../lib/config/doubled-keys.js';
import { anyText } from '../../support/arbitraries.js';

/** JSON as it is written: an object may have a key twice. */
type Written =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly Written[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [string, Written])[] };

const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('scalar' as const),
      text: fc.jsonValue().map((json) => JSON.stringify(json)),
    }),
    fc.record({ kind: fc.constant('array' as const), items: fc.array(tie('written'), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('object' as const),
      fields: fc.array(fc.tuple(fc.constantFrom('a', 'b', '"', '__proto__'), tie('written')), {
        maxLength: 4,
      }),
    }),
  ),
}));

/** A character of a key in the other way that JSON has to write it. */
const escaped = (key: string): string =>
  `"\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${JSON.stringify(key.slice(1)).slice(1)}`;

const textOf = (json: Written): string => {
  if (json.kind === 'scalar') return json.text;
  if (json.kind === 'array') return `[${json.items.map(textOf).join(', ')}]`;
  const fields = json.fields.map(
    ([key, value], at) => `${at % 2 === 0 ? JSON.stringify(key) : escaped(key)}: ${textOf(value)}`,
  );
  return `{${fields.join(',')}}`;
};

const doubledIn = (json: Written, path = ''): readonly string[] => {
  if (json.kind === 'scalar') return [];
  const fields = json.kind === 'array' ? json.items.map((item, at) => [`${at}`, item] as const) : json.fields;
  const names = fields.map(([name]) => name);
  return [
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${path}${name}`),
    ...fields.flatMap(([name, value]) => doubledIn(value, `${path}${name}.`)),
  ];
};

describe('doubledKeys', () => {
  it('names the keys that are there more than once, and no others', () => {
    fc.assert(
      fc.property(written, (json) => {
        const [found, expected] = [doubledKeys(textOf(json)), new Set(doubledIn(json))];
        if (expected.size <= 10) expect(new Set(found)).to.deep.equal(expected);
        else
          expect([...expected])
            .to.include.members([...found])
            .with.length.above(9);
        expect(found).to.have.length(Math.min(10, expected.size));
      }),
    );
  });

  it('names each with its path, once', () => {
    const text = '// cvmain\n{"mq": {"x": 1, "x": 2, "x": 3,}, "l": [{}, {"y": [], "y": 0}], "mq": {"x": 1}}';
    expect(doubledKeys(text)).to.deep.equal(['mq.x', 'l.1.y', 'mq']);
  });

  it('says nothing of a text that is not JSON, and never throws', () => {
    for (const text of ['', '{"a": 1, "a": 2', '{"a": 1, "a": 2}}', '['.repeat(500_000)])
      expect(doubledKeys(text)).to.deep.equal([]);
    fc.assert(fc.property(anyText, (text) => void doubledKeys(text)));
  });
});
