import { plural } from '../util/plural.js';
import { type Reason, reasons } from './rejection.js';
import type { Settlement } from './settlement.js';

/** Result of a message. */
type Result = 'notified' | 'spooled' | Reason;

/** Number of messages by result, and of dead letters that could not be stored. */
export type Tally = Record<Result | 'dead_letters_lost', number>;

/** The result of a settlement. A spooled message is counted again when it is delivered. */
export const resultOf = (settlement: Settlement): Result =>
  settlement.kind === 'dead-lettered' ? settlement.reason : settlement.kind;

/** An empty tally. */
export const newTally = (): Tally => ({
  notified: 0,
  spooled: 0,
  unsubscribed: 0,
  undecodable: 0,
  'malformed-name': 0,
  'reserved-name': 0,
  unregistered: 0,
  'delivery-disabled': 0,
  'too-large': 0,
  refused: 0,
  expired: 0,
  overflow: 0,
  dead_letters_lost: 0,
});

/** Counts a settlement, in place. */
export const count = (tally: Tally, settlement: Settlement): void => {
  tally[resultOf(settlement)] += 1;
};

/** What was counted between two moments. */
export const countedBetween = (before: Tally, after: Tally): Tally => {
  const counted = newTally();
  for (const result of ['notified', 'spooled', ...reasons, 'dead_letters_lost'] as const)
    counted[result] = after[result] - before[result];
  return counted;
};

/** The counts as text, without zeros. */
export const tallyLine = (tally: Tally): string => {
  const counts = (['notified', 'spooled', ...reasons] as const)
    .filter((result) => tally[result] > 0 || result === 'notified')
    .map((result) => `${tally[result]} ${result}`)
    .join(', ');
  const lost = tally.dead_letters_lost;
  return lost > 0 ? `${counts}; ${plural(lost, 'dead letter')} could not be stored` : counts;
};
