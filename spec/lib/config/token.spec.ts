import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { claimsOf } from '../../../lib/config/token.js';
import { leftOf, rightOf } from '../../sim/support/either.js';
import { jwt } from '../../support/jwt.js';

describe('claimsOf', () => {
  it('are when a token expires, and what it may subscribe to', () => {
    const token = jwt({ exp: 1_700_000_000, acl: { sub: ['s2u/cv1/#', 's2u/all'], pub: ['u2s/cv1/#'] } });
    expect(rightOf(claimsOf(token))).to.deep.equal({
      expiresAt: 1_700_000_000_000,
      subscribe: ['s2u/cv1/#', 's2u/all'],
    });
  });

  for (const claims of [{}, { acl: {} }, { acl: { sub: [] } }, { other: 'claim' }]) {
    it(`are none in ${JSON.stringify(claims)}`, () => {
      expect(rightOf(claimsOf(jwt(claims)))).to.deep.equal({});
    });
  }

  it('are read whatever the signature is: that is the broker’s business', () => {
    expect(rightOf(claimsOf(`x.${btoa('{"exp":1}')}.`))).to.deep.equal({ expiresAt: 1_000 });
  });

  it('are read with characters that only base64url has', () => {
    const token = jwt({ acl: { sub: ['s2u/ÿÿÿ>>>???/#'] } });
    expect(token).to.match(/[-_]/);
    expect(rightOf(claimsOf(token))).to.deep.equal({ subscribe: ['s2u/ÿÿÿ>>>???/#'] });
  });

  const wrong: readonly [string, string, string][] = [
    ['an empty token', '', 'is not a JWT: it does not have three parts'],
    ['one part', 's3cret', 'is not a JWT: it does not have three parts'],
    ['two parts', 's3cret.s3cret', 'is not a JWT: it does not have three parts'],
    ['four parts', `${jwt({})}.s3cret`, 'is not a JWT: it does not have three parts'],
    ['claims that are no JSON', 's3cret.s3cret.s3cret', 'is a JWT with wrong claims: is not JSON'],
    [
      'claims that are no object',
      jwt('s3cret'),
      'is a JWT with wrong claims: expected Partial<{ exp: number, acl: Partial<{ sub: 100 topic filters at most }> }>, found a string',
    ],
    [
      'an expiry that is no number',
      jwt({ exp: 's3cret' }),
      'is a JWT with wrong claims: field exp: expected number, found a string',
    ],
    [
      'a filter that is none',
      jwt({ acl: { sub: ['s2u/#', 's3cret#'] } }),
      'is a JWT with wrong claims: field acl.sub.1: expected a topic filter, found a string',
    ],
    [
      'too many filters',
      jwt({ acl: { sub: Array.from({ length: 101 }, () => 's3cret') } }),
      'is a JWT with wrong claims: field acl.sub: expected 100 topic filters at most, found an array',
    ],
  ];
  for (const [what, token, detail] of wrong) {
    it(`are refused with ${what}`, () => {
      expect(leftOf(claimsOf(token))).to.equal(detail);
    });
  }

  it('never throw, nor repeat a part of the token', () => {
    const anyClaims = fc.oneof(
      fc.json(),
      fc
        .record({ exp: fc.jsonValue(), acl: fc.record({ sub: fc.jsonValue() }) })
        .map((claims) => JSON.stringify(claims)),
    );
    const secret = 's3cret';
    const withSecret = anyClaims.map((json) => json.replaceAll('"', `"${secret}`));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          withSecret.map((json) => `${secret}.${btoa(encodeURI(json))}.${secret}`),
        ),
        (token) => {
          const claims = claimsOf(token);
          if (E.isLeft(claims)) expect(claims.left).to.not.include(secret);
        },
      ),
    );
  });
});
