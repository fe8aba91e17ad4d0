import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Claims, serverClaims, signToken, unitClaims, verifyToken } from '../../sim/token.js';
import { leftOf, rightOf } from '../support/either.js';

const secret = 'the secret';
const claims = unitClaims('cv12345', 1000);

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** A correctly signed token with any header and payload. */
function forge(header: unknown, payload: unknown): string {
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const anyClaims: fc.Arbitrary<Claims> = fc.record(
  {
    acl: fc.record({ sub: fc.array(fc.string()), pub: fc.array(fc.string()) }),
    exp: fc.integer({ min: 1 }),
    username: fc.string(),
  },
  { requiredKeys: ['acl'] },
);

describe('token', () => {
  it('decodes to the claims that were signed', () => {
    fc.assert(
      fc.property(fc.string(), anyClaims, (key, signed) => {
        expect(rightOf(verifyToken(key, signToken(key, signed), 0))).to.deep.equal(signed);
      }),
    );
  });

  it('is a JWT that other libraries can create', () => {
    const [header] = signToken(secret, claims).split('.');
    expect(Buffer.from(header ?? '', 'base64url').toString()).to.equal('{"alg":"HS256","typ":"JWT"}');
    expect(rightOf(verifyToken(secret, forge({ typ: 'JWT', alg: 'HS256' }, claims), 0))).to.deep.equal(
      claims,
    );
  });

  it('is refused with another secret', () => {
    expect(leftOf(verifyToken('another secret', signToken(secret, claims), 0))).to.deep.equal({
      reason: 'bad-signature',
    });
  });

  it('is refused with any character changed', () => {
    const token = signToken(secret, claims);
    const change = fc.tuple(fc.nat(token.length - 1), fc.constantFrom(...'ABCwxyz0189-_'));
    fc.assert(
      fc.property(change, ([at, character]) => {
        fc.pre(token[at] !== character && token[at] !== '.');
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(leftOf(verifyToken(secret, changed, 0)).reason).to.be.oneOf(['not-a-token', 'bad-signature']);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused in another encoding of the same bytes', () => {
    const token = signToken(secret, claims);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The last two of the 258 bits in 43 characters do not belong to the signature.
    const last = alphabet[alphabet.indexOf(token.slice(-1)) + 1] ?? '';
    const [mac, respelt] = [token.slice(-43), token.slice(-43, -1) + last];
    expect(Buffer.from(respelt, 'base64url')).to.deep.equal(Buffer.from(mac, 'base64url'));
    expect(leftOf(verifyToken(secret, token.slice(0, -43) + respelt, 0)).reason).to.equal('bad-signature');
  });

  it('never throws, whatever it gets', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.base64String(), fc.json().map(base64url)), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(parts, (some) => verifyToken(secret, some.join('.'), 0)._tag === 'Left'),
      { numRuns: 500 },
    );
  });

  it('expires at exp, not a millisecond later', () => {
    const token = signToken(secret, claims);
    expect(rightOf(verifyToken(secret, token, 999_999))).to.deep.equal(claims);
    expect(leftOf(verifyToken(secret, token, 1_000_000))).to.deep.equal({
      reason: 'expired',
      expiredAt: 1_000_000,
    });
  });

  it('never expires without exp', () => {
    const endless = { acl: { sub: [], pub: [] } };
    expect(rightOf(verifyToken(secret, signToken(secret, endless), Number.MAX_SAFE_INTEGER))).to.deep.equal(
      endless,
    );
  });

  const notTokens = {
    'the algorithm none': forge({ alg: 'none' }, claims),
    'another algorithm': forge({ alg: 'HS512' }, claims),
    'no algorithm': forge({}, claims),
    'a payload that is no object': forge({ alg: 'HS256' }, 'claims'),
    'no acl': forge({ alg: 'HS256' }, { exp: 1000 }),
    'an exp that is no number': forge({ alg: 'HS256' }, { ...claims, exp: 'soon' }),
    'an acl of numbers': forge({ alg: 'HS256' }, { acl: { sub: [1], pub: [] } }),
    'two parts': 'a.b',
    'four parts': `${signToken(secret, claims)}.x`,
    nothing: '',
    'far too much': signToken(secret, { acl: { sub: ['x'.repeat(10_000)], pub: [] } }),
  };
  for (const [what, token] of Object.entries(notTokens))
    it(`is invalid with ${what}`, () => {
      expect(leftOf(verifyToken(secret, token, 0)).reason).to.equal('not-a-token');
    });

  it('names the invalid field, and quotes nothing', () => {
    const token = forge({ alg: 'HS256' }, { acl: { sub: ['s2u/#'], pub: 'top secret' } });
    expect(leftOf(verifyToken(secret, token, 0))).to.deep.equal({
      reason: 'not-a-token',
      detail: 'claims: field acl.pub: expected Array<string>, found a string',
    });
  });

  it('has the permissions of a unit and of the server', () => {
    expect(unitClaims('u', 5)).to.deep.equal({
      exp: 5,
      username: 'u',
      acl: { sub: ['s2u/u/#'], pub: ['u2s/u/#'] },
    });
    expect(serverClaims(5)).to.deep.equal({
      exp: 5,
      acl: { sub: ['u2s/#', 'cvmqtt-dev/#'], pub: ['s2u/#'] },
    });
  });
});
