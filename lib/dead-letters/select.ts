import * as E from 'fp-ts/lib/Either.js';
import { splitName } from '../rules/message/name.js';
import type { Reason } from '../rules/rejection.js';
import type { Letter } from './letter.js';

/** Which letters are meant; what is absent does not matter. */
export interface LetterFilter {
  readonly reason?: Reason;
  readonly integration?: string;
  /** Settled at this moment or later, wall clock, ms since the epoch. */
  readonly since?: number;
}

/** Whether a letter is meant. */
export const isMeant = ({ reason, integration, since }: LetterFilter, letter: Letter): boolean =>
  (reason === undefined || letter.reason === reason) &&
  (integration === undefined || integrationOf(letter) === integration) &&
  (since === undefined || letter.settledAt >= since);

const integrationOf = ({ name }: Letter): string | undefined => {
  const split = splitName(name ?? '');
  return E.isRight(split) ? split.right.integration : undefined;
};

/** So much of an id must be given. */
const fewestDigits = 4;

/** The ids that begin as each of `given` does. Left names one that begins none, or more than one. */
export const idsMeant = (
  given: readonly string[],
  ids: ReadonlySet<string>,
): E.Either<string, ReadonlySet<string>> => {
  const meant = new Set<string>();
  for (const start of given) {
    const found = start.length < fewestDigits ? [] : [...ids].filter((id) => id.startsWith(start));
    const [only] = found;
    if (only === undefined) return E.left(`there is no dead letter ${start}`);
    if (found.length > 1)
      return E.left(`${start} begins the ids of ${found.length} dead letters: give more of it`);
    meant.add(only);
  }
  return E.right(meant);
};
