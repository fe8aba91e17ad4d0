import * as E from 'fp-ts/lib/Either.js';
import type { Letter } from '../../lib/dead-letters/letter.js';
import { type LetterFilter, matchesFilter, resolveIds } from '../../lib/dead-letters/select.js';
import { complain } from '../command.js';
import { exitCode } from '../exit-codes.js';
import type { Outcomes } from './outcomes.js';
import { type Failure, known, readable, type Session } from './session.js';

/** Which letters to send again, and how. */
export interface ReplayRequest {
  /** Ids or unique prefixes of them; or a filter: all that match it, can be sent and were not replayed. */
  readonly meant: readonly string[] | LetterFilter;
  /** Includes expired letters. */
  readonly stale: boolean;
  readonly dryRun: boolean;
}

/** All letters and the selected ones, by id. */
export interface Selection {
  readonly present: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

/** Selects letters. Left: an unknown id, or an ambiguous prefix. */
export const select = async (
  session: Session,
  { meant, stale }: ReplayRequest,
): Promise<E.Either<Failure, Selection>> => {
  const present = new Set<string>();
  const filtered = new Set<string>();
  for await (const letter of readable(session)) {
    present.add(letter.id);
    if ('length' in meant || !matchesFilter(meant, letter)) continue;
    const { state } = known(session, letter);
    if (state !== 'replayed' && state !== 'excerpt' && (state !== 'stale' || stale)) filtered.add(letter.id);
  }
  const ids = 'length' in meant ? resolveIds(meant, present) : E.right(filtered);
  return E.isLeft(ids)
    ? E.left({ detail: ids.left, exitCode: exitCode.usage })
    : E.right({ present, ids: ids.right });
};

/** Yields the selected letters that may be sent; adds the others to the outcomes. */
export async function* sendable(
  session: Session,
  ids: ReadonlySet<string>,
  { stale }: ReplayRequest,
  outcomes: Outcomes,
): AsyncGenerator<Letter> {
  for await (const letter of session.letters.read()) {
    if (!('id' in letter) || !ids.has(letter.id)) continue;
    const { state, mark } = known(session, letter);
    if (state === 'replayed') outcomes.add(letter, 'replayed already', true);
    else if (state === 'excerpt')
      outcomes.add(letter, 'excerpt', false, "only the beginning of its payload was kept: it can't be sent");
    else if (state === 'stale' && !stale) {
      const detail = 'expired, and a stale command is dangerous; --stale sends it anyway';
      outcomes.add(letter, 'stale', false, detail);
    } else {
      if (mark?.outcome === 'begun')
        complain(`cvmqtt dead-letters: ${letter.id}: the last replay was interrupted: it may be sent twice`);
      yield letter;
    }
  }
}
