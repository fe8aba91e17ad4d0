import * as E from 'fp-ts/lib/Either.js';
import type { Publish } from '../rules/message/publish.js';
import type { DeadLettered, Notified } from '../rules/settlement.js';
import type { Letter } from './letter.js';
import type { Marking } from './marks.js';

/** Dependencies of a replay of dead letters. */
export interface ReplayLettersDeps {
  readonly marking: Pick<Marking, 'begin' | 'end'>;
  readonly publishOf: (letter: Letter) => Publish;
  /** Delivers a publish; undefined if it was stopped before it was settled. */
  readonly send: (publish: Publish) => Promise<Notified | DeadLettered | undefined>;
}

/** The outcome of replaying a letter. */
export type Replayed =
  | { readonly kind: 'settled'; readonly letter: Letter; readonly settlement: Notified | DeadLettered }
  | { readonly kind: 'stopped'; readonly letter: Letter }
  /** A mark could not be written. `sent`: it was the mark of a delivery, so the next replay would send the letter again. */
  | {
      readonly kind: 'unnoted';
      readonly letter: Letter;
      readonly sent: boolean;
      readonly detail: string;
    };

/**
 * Sends letters one after the other, in order. Marks each on the disk before it is sent, and again once it is settled,
 * before the next. So whenever it is interrupted, at most one letter may be sent twice. Stops at the first letter that is not
 * settled, or whose mark can't be written.
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
