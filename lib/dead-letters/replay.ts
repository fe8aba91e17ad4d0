import * as E from 'fp-ts/lib/Either.js';
import type { Publish } from '../rules/message/publish.js';
import type { DeadLettered, Notified } from '../rules/settlement.js';
import type { Letter } from './letter.js';
import type { Marking } from './marks.js';

/** What a replay of dead letters stands on. */
export interface ReplayLettersDeps {
  readonly marking: Pick<Marking, 'begin' | 'end'>;
  readonly publishOf: (letter: Letter) => Publish;
  /** Delivers it; undefined when it was stopped before it was settled. */
  readonly send: (publish: Publish) => Promise<Notified | DeadLettered | undefined>;
}

/** What became of a letter. */
export type Replayed =
  | { readonly kind: 'settled'; readonly letter: Letter; readonly settlement: Notified | DeadLettered }
  | { readonly kind: 'stopped'; readonly letter: Letter }
  /** The disk did not take the note; `sent` if it was the note that it was delivered: it would be sent again. */
  | {
      readonly kind: 'unnoted';
      readonly letter: Letter;
      readonly sent: boolean;
      readonly detail: string;
    };

/**
 * Sends letters one after the other, in their order, and notes of each on the disk that it begins, before it is sent, and
 * how it ended, before the next. So whenever it is interrupted, one letter at most is in doubt: it may be sent again. Ends
 * with the first that is not settled or not noted.
 */
export async function* replayLetters(
  letters: AsyncIterable<Letter>,
  { marking, publishOf, send }: ReplayLettersDeps,
): AsyncGenerator<Replayed> {
  for await (const letter of letters) {
    const begun = await marking.begin(letter.id);
    if (E.isLeft(begun)) {
      yield { kind: 'unnoted', letter, sent: false, detail: begun.left };
      return;
    }
    const settlement = await send(publishOf(letter));
    if (settlement === undefined) {
      yield { kind: 'stopped', letter };
      return;
    }
    const ended = await marking.end(letter.id, settlement);
    yield { kind: 'settled', letter, settlement };
    if (E.isLeft(ended)) {
      yield { kind: 'unnoted', letter, sent: settlement.kind === 'notified', detail: ended.left };
      return;
    }
  }
}
