import type { Letter } from '../../lib/dead-letters/letter.js';
import { nameOf } from '../../lib/dead-letters/show.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { endOf } from '../../lib/rules/tally.js';
import { printable } from '../../lib/util/printable.js';
import { print } from '../command.js';

/** What a dry run says before each end. */
const would = 'would be ';

/** How letters that are sent again end: tells each with a line on stdout, and counts. */
export class Ends {
  readonly #counts = new Map<string, number>();
  #good = true;

  /** All that was asked for is delivered, now or before. */
  get good(): boolean {
    return this.#good;
  }

  /** How many ended how, in one line. */
  get summary(): string {
    return this.#counts.size === 0
      ? 'no dead letters to send'
      : [...this.#counts].map(([end, times]) => `${times} ${end}`).join(', ');
  }

  /** It was sent, and ended so. */
  settled(letter: Letter, settlement: Settlement): void {
    this.tell(letter, endOf(settlement), settlement.kind === 'notified', detailOf(settlement));
  }

  /** It would end so, if it were sent. */
  wouldSettle(letter: Letter, settlement: Settlement): void {
    this.tell(letter, `${would}${endOf(settlement)}`, true, detailOf(settlement));
  }

  /** Another end, in a word or two, and whether that is good. */
  tell(letter: Letter, end: string, good: boolean, detail = ''): void {
    const why = detail === '' ? '' : `: ${printable(detail)}`;
    print(`${letter.id}  ${end.padEnd(end.startsWith(would) ? 26 : 17)}  ${nameOf(letter)}${why}`);
    this.count(end, good);
  }

  /** An end that was told otherwise. */
  count(end: string, good: boolean): void {
    this.#counts.set(end, (this.#counts.get(end) ?? 0) + 1);
    this.#good &&= good;
  }
}

const detailOf = (settlement: Settlement): string =>
  settlement.kind === 'dead-lettered' ? settlement.detail : '';
