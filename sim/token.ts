import { createHmac, timingSafeEqual } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../lib/util/codec.js';

const Header = t.type({ alg: t.literal('HS256') });

const Claims = t.intersection([
  t.type({ acl: t.type({ sub: t.array(t.string), pub: t.array(t.string) }) }),
  t.partial({ exp: t.number, username: t.string }),
]);

/**
 * Claims of a token: topic filters allowed for subscribing and publishing, expiry in seconds since 1970,
 * username.
 */
export type Claims = t.TypeOf<typeof Claims>;

/** Why a token was not accepted. `expiredAt` is in ms since 1970. */
export type TokenRejection =
  | { readonly reason: 'not-a-token'; readonly detail: string }
  | { readonly reason: 'bad-signature' }
  | { readonly reason: 'expired'; readonly expiredAt: number };

/** Far longer than any token of the platform; longer ones are rejected unread. */
const maxLength = 8192;

/** A JWT with `claims`, signed with HMAC-SHA-256 (RFC 7519, RFC 7515; docs/domain.md#broker). */
export function signToken(secret: string, claims: Claims): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${signature(secret, signed)}`;
}

/**
 * Verifies a token: it must be signed with `secret` and not expired at `nowMs` (ms since 1970). Only `alg` HS256 is
 * accepted. The claims are parsed only after the signature is verified.
 */
export function verifyToken(secret: string, token: string, nowMs: number): E.Either<TokenRejection, Claims> {
  const [header, payload, mac, ...rest] = token.length > maxLength ? [] : token.split('.');
  if (header === undefined || payload === undefined || mac === undefined || rest.length > 0)
    return notAToken('not three parts');
  if (E.isLeft(decodeJsonWith(Header)(text(header)))) return notAToken('the algorithm is not HS256');
  // The texts are compared, not the bytes: base64url has several spellings of the same bytes.
  if (!equal(mac, signature(secret, `${header}.${payload}`))) return E.left({ reason: 'bad-signature' });
  const claims = decodeJsonWith(Claims)(text(payload));
  if (E.isLeft(claims)) return notAToken(`claims: ${claims.left}`);
  const { exp } = claims.right;
  // RFC 7519, 4.1.4: "on or after which the JWT MUST NOT be accepted".
  if (exp !== undefined && exp * 1000 <= nowMs) return E.left({ reason: 'expired', expiredAt: exp * 1000 });
  return claims;
}

/**
 * Claims of a unit: it may subscribe to `s2u/<username>/#` and publish to `u2s/<username>/#` until `exp` (s
 * since 1970).
 */
export const unitClaims = (username: string, exp: number): Claims => ({
  exp,
  username,
  acl: { sub: [`s2u/${username}/#`], pub: [`u2s/${username}/#`] },
});

/**
 * Claims of the platform's server: the reverse of a unit's, for all units, until `exp` (s since 1970); and it may read what
 * `cvmqtt dev` says of its messages.
 */
export const serverClaims = (exp: number): Claims => ({
  exp,
  acl: { sub: ['u2s/#', 'cvmqtt-dev/#'], pub: ['s2u/#'] },
});

const notAToken = (detail: string): E.Either<TokenRejection, never> =>
  E.left({ reason: 'not-a-token', detail });
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const text = (part: string): string => Buffer.from(part, 'base64url').toString();
const signature = (secret: string, signed: string): string =>
  createHmac('sha256', secret).update(signed).digest('base64url');

/** Compares in constant time; that reveals only the length, which is not secret. */
function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
