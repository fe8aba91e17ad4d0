import { expect } from 'chai';
import fc from 'fast-check';
import { withoutJwts } from '../../../lib/util/jwt.js';
import { jwt } from '../../support/jwt.js';

describe('withoutJwts', () => {
  it('takes out a token, whole or cut off after its header, and nothing else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (claims, cut) => {
        const token = jwt(claims);
        expect(withoutJwts(`for ${token}: no`)).to.equal('for (a token): no');
        const header = token.indexOf('.') + 2;
        const torn = token.slice(0, header + (cut % (token.length - header)));
        expect(withoutJwts(`for ${torn}`)).to.equal('for (a token)');
      }),
    );
  });

  it('leaves host names, versions and base64', () => {
    const text = 'broker.example-internal.lan, 1.0.0-sim, eyJmdW5jdGlvbiI6ImEifQ==';
    expect(withoutJwts(text)).to.equal(text);
  });
});
