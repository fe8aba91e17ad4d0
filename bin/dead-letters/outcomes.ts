import type { Letter } from '../../lib/dead-letters/letter.js';
import { nameOf } from '../../lib/dead-letters/show.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { resultOf } from '../../lib/rules/tally.js';
import { printable } from '../../lib/util/printable.js';
import { print } from '../command.js';

/** The prefix of a dry run's outcomes. */
const would = 'would be ';

/** What became of the letters that are sent again: prints each on a line of stdout, and counts them. */
export class Outcomes {
  readonly #counts = new Map<string, number>();
  #good = true;

  /** Whether every selected letter is delivered, now or by an earlier replay. */
  get good(): boolean {
    return this.#good;
  }

  /** The counts by outcome, in one line. */
  get summary(): string {
    return this.#counts.size === 0
      ? 'no dead letters to send'
      : [...this.#counts].map(([outcome, times]) => `${times} ${outcome}`).join(', ');
  }

  /** The letter was sent and settled. */
  settled(letter: Letter, settlement: Settlement): void {
    this.add(letter, resultOf(settlement), settlement.kind === 'notified', detailOf(settlement));
  }

  /** The letter would be settled like this if it were sent. */
  wouldSettle(letter: Letter, settlement: Settlement): void {
    this.add(letter, `${would}${resultOf(settlement)}`, true, detailOf(settlement));
  }

  /** Prints and counts an outcome, in a word or two. `good`: nothing is left to do for this letter. */
  add(letter: Letter, outcome: string, good: boolean, detail = ''): void {
    const why = detail === '' ? '' : `: ${printable(detail)}`;
    print(`${letter.id}  ${outcome.padEnd(outcome.startsWith(would) ? 26 : 17)}  ${nameOf(letter)}${why}`);
    this.count(outcome, good);
  }

  /** Counts an outcome without printing it. */
  count(outcome: string, good: boolean): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    this.#good &&= good;
  }
}

const detailOf = (settlement: Settlement): string =>
  settlement.kind === 'dead-lettered' ? settlement.detail : '';
