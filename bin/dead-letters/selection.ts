import * as E from 'fp-ts/lib/Either.js';
import type { Letter } from '../../lib/dead-letters/letter.js';
import { idsMeant, isMeant, type LetterFilter } from '../../lib/dead-letters/select.js';
import { complain, exitCode } from '../command.js';
import type { Ends } from './outcomes.js';
import { type Failure, known, type Opened, readable } from './session.js';

/** Which letters to send again, and how. */
export interface Asked {
  /** Ids, or how they begin; or all that the filter means and that can be sent and were not replayed. */
  readonly meant: readonly string[] | LetterFilter;
  /** Also those whose time is over. */
  readonly stale: boolean;
  readonly dryRun: boolean;
}

/** The letters that are there, and those of them that were asked for, by id. */
export interface Chosen {
  readonly present: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

/** Which letters are asked for. Left: an id that means none, or more than one. */
export const choose = async (opened: Opened, { meant, stale }: Asked): Promise<E.Either<Failure, Chosen>> => {
  const present = new Set<string>();
  const filtered = new Set<string>();
  for await (const letter of readable(opened)) {
    present.add(letter.id);
    if ('length' in meant || !isMeant(meant, letter)) continue;
    const { state } = known(opened, letter);
    if (state !== 'replayed' && state !== 'excerpt' && (state !== 'stale' || stale)) filtered.add(letter.id);
  }
  const ids = 'length' in meant ? idsMeant(meant, present) : E.right(filtered);
  return E.isLeft(ids)
    ? E.left({ detail: ids.left, exitCode: exitCode.usage })
    : E.right({ present, ids: ids.right });
};

/** The letters of these ids that may be sent; the others are told. */
export async function* due(
  opened: Opened,
  ids: ReadonlySet<string>,
  { stale }: Asked,
  ends: Ends,
): AsyncGenerator<Letter> {
  for await (const letter of opened.letters.read()) {
    if (!('id' in letter) || !ids.has(letter.id)) continue;
    const { state, mark } = known(opened, letter);
    if (state === 'replayed') ends.tell(letter, 'replayed already', true);
    else if (state === 'excerpt')
      ends.tell(letter, 'excerpt', false, 'only the beginning of its payload was kept: it can’t be sent');
    else if (state === 'stale' && !stale) {
      const detail = 'its time is over, and a stale command is dangerous; --stale sends it all the same';
      ends.tell(letter, 'stale', false, detail);
    } else {
      if (mark?.outcome === 'begun')
        complain(`cvmqtt dead-letters: ${letter.id}: its last replay was interrupted: it may be sent twice`);
      yield letter;
    }
  }
}
