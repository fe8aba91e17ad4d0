import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../codec.js';
import { isTopicFilter } from '../message/topic-filter.js';

/** What cvmqtt reads of a unit's token; its signature is the broker's business (domain.md, "The broker"). */
export interface Claims {
  /** When it expires, ms since the epoch. */
  readonly expiresAt?: number;
  /** What it may subscribe to. */
  readonly subscribe?: readonly string[];
}

const TopicFilter = t.refinement(t.string, isTopicFilter, 'a topic filter');

const Filters = t.refinement(
  t.array(TopicFilter),
  (filters) => filters.length <= 100,
  '100 topic filters at most',
);

const ClaimsJson = t.partial({ exp: t.number, acl: t.partial({ sub: Filters }) });

/** The claims of a JWT. Left says what is wrong, without a part of the token. */
export const claimsOf = (token: string): E.Either<string, Claims> => {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return E.left('is not a JWT: it does not have three parts');
  }
  return pipe(
    decodeJsonWith(ClaimsJson)(Buffer.from(payload, 'base64url').toString()),
    E.mapLeft((detail) => `is a JWT with wrong claims: ${detail}`),
    E.map(({ exp, acl }) => ({
      ...(exp === undefined ? {} : { expiresAt: exp * 1000 }),
      ...(acl?.sub === undefined || acl.sub.length === 0 ? {} : { subscribe: acl.sub }),
    })),
  );
};
