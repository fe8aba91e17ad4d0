import * as E from 'fp-ts/lib/Either.js';
import { splitName } from '../rules/message/name.js';
import type { Reason } from '../rules/rejection.js';
import type { Letter } from './letter.js';

/** Selects letters; an absent field matches all. */
export interface LetterFilter {
  readonly reason?: Reason;
  readonly integration?: string;
  /** See `messageKey`. Letters of earlier versions have none. */
  readonly key?: string;
  /** Settled at this time or later, wall clock, ms since the epoch. */
  readonly since?: number;
}

/** Whether a letter matches the filter. */
export const matchesFilter = ({ reason, integration, key, since }: LetterFilter, letter: Letter): boolean =>
  (reason === undefined || letter.reason === reason) &&
  (integration === undefined || integrationOf(letter) === integration) &&
  (key === undefined || letter.key === key) &&
  (since === undefined || letter.settledAt >= since);

const integrationOf = ({ name }: Letter): string | undefined => {
  const split = splitName(name ?? '');
  return E.isRight(split) ? split.right.integration : undefined;
};

/** The minimum length of an id prefix. */
const minDigits = 4;

/** Resolves unique id prefixes. Left: a prefix that matches no id, or more than one. */
export const resolveIds = (
  given: readonly string[],
  ids: ReadonlySet<string>,
): E.Either<string, ReadonlySet<string>> => {
  const meant = new Set<string>();
  for (const start of given) {
    const found = start.length < minDigits ? [] : [...ids].filter((id) => id.startsWith(start));
    const [only] = found;
    if (only === undefined) return E.left(`no dead letter has the id ${start}`);
    if (found.length > 1)
      return E.left(`${start} matches the ids of ${found.length} dead letters: give more digits`);
    meant.add(only);
  }
  return E.right(meant);
};
