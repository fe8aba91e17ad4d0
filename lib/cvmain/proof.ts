import * as E from 'fp-ts/lib/Either.js';
import type { Outcome } from '../rules/delivery/outcome.js';
import { proven } from './answers.js';

/** Gets cvmain's version; returns a function that cancels the call. */
export type AskVersion = (done: (version: E.Either<string, string>) => void) => () => void;

/**
 * Proves that cvmain answers. Another program on its port, or a server without its services yet, answers too: a refusal
 * or failure counts only from a server that answered `get_version` or accepted a message before the call, and answers
 * `get_version` after it.
 */
export class Proof {
  #serving = false;

  /** Wraps `ask`, so that each of its answers counts as evidence. */
  readonly asking =
    (ask: AskVersion): AskVersion =>
    (done) =>
      ask((version) => {
        this.#serving = E.isRight(version);
        done(version);
      });

  /**
   * Reports the outcome of a call once, as far as it is proven; asks for the version if that decides. The returned
   * function cancels it: then nothing is reported.
   */
  verify(outcome: Outcome, ask: AskVersion, done: (outcome: Outcome) => void): () => void {
    if (outcome.kind === 'accepted' || outcome.kind === 'away') {
      this.#serving ||= outcome.kind === 'accepted';
      done(outcome);
      return nothing;
    }
    if (!this.#serving) {
      done(proven(outcome, { before: false, after: false }));
      return nothing;
    }
    return ask((version) => done(proven(outcome, { before: true, after: E.isRight(version) })));
  }
}

const nothing = (): void => undefined;
