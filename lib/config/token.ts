import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../util/codec.js';
import { filtersOf } from './acl.js';
import type { Client } from './acl-rules.js';

/** What cvmqtt reads from a unit's token; its signature is for the broker to verify (docs/domain.md#broker). */
export interface Claims {
  /** When it expires, ms since the epoch; absent if the token has no valid `exp`. */
  readonly expiresAt?: number;
  /** The topic filters it may subscribe to; never empty, see {@link filtersOf}. */
  readonly filters: readonly string[];
  /** What could not be read, and what is done instead. Quotes no part of the token. */
  readonly remarks: readonly string[];
}

const ClaimsJson = t.partial({ exp: t.unknown, nbf: t.unknown, iat: t.unknown, acl: t.unknown }, 'an object');

/**
 * Reads the claims of a JWT as far as possible: brokers accept many kinds of tokens, and passwords that aren't tokens.
 * A claim that can't be read counts as absent, with a remark. Never throws.
 */
export const claimsOf = (token: string, client: Client): Claims => {
  const payload = payloadOf(token);
  if (E.isLeft(payload)) {
    const { filters } = filtersOf(undefined, client);
    return { filters, remarks: [`the password ${payload.left}; its claims are unknown`] };
  }
  const { exp, acl } = payload.right;
  const expiresAt = timeOf(exp);
  const { filters, remarks } = filtersOf(acl, client);
  if (expiresAt !== undefined) return { expiresAt, filters, remarks };
  const isOdd = exp !== undefined && exp !== null;
  return {
    filters,
    remarks: isOdd ? ["the token's exp is not a valid time: ignored", ...remarks] : remarks,
  };
};

/**
 * When a token begins to be valid (`nbf`) and when it was issued (`iat`), ms since the epoch; each absent if it has no such
 * claim that can be read. Both are for the broker to judge: the daemon uses neither.
 */
export const beginningOf = (token: string): { readonly validFrom?: number; readonly issuedAt?: number } => {
  const payload = payloadOf(token);
  if (E.isLeft(payload)) return {};
  const [validFrom, issuedAt] = [timeOf(payload.right.nbf), timeOf(payload.right.iat)];
  return {
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
  };
};

/** The claims in the second part of a JWT. Left: why there are none; it quotes no part of the token. */
export const payloadOf = (token: string): E.Either<string, t.TypeOf<typeof ClaimsJson>> => {
  const [, payload, signature, ...rest] = token.split('.');
  if (payload === undefined || signature === undefined || rest.length > 0) {
    return E.left('is not a JWT: it does not have three parts');
  }
  return pipe(
    decodeJsonWith(ClaimsJson)(Buffer.from(payload, 'base64url').toString()),
    E.mapLeft((detail) => `is not a JWT: its second part ${detail}`),
  );
};

/** The latest time that a `Date` can represent, ms. */
const lastDateMs = 8_640_000_000_000_000;

/** Larger numbers are milliseconds: in seconds this is the year 5138, in milliseconds 1973, before tokens existed. */
const millisecondsFrom = 100_000_000_000;

/** A NumericDate (RFC 7519, 2: seconds, possibly fractional), also as text or in ms, as some libraries write it. */
const timeOf = (claim: unknown): number | undefined => {
  const number = typeof claim === 'string' && /^\d+(\.\d+)?$/.test(claim) ? Number(claim) : claim;
  if (typeof number !== 'number' || !(number > 0)) return undefined;
  const ms = Math.round(number < millisecondsFrom ? number * 1000 : number);
  return ms <= lastDateMs ? ms : undefined;
};
