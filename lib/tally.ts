import { type Reason, reasons, type Settlement } from './settlement.js';

/** How many messages ended how. */
export type Tally = Record<'notified' | 'spooled' | Reason, number>;

/** The name of an end. A message that was spooled ends again, when it is delivered from there. */
export const endOf = (settlement: Settlement): keyof Tally =>
  settlement.kind === 'dead-lettered' ? settlement.reason : settlement.kind;

/** Nothing counted yet. */
export const newTally = (): Tally => ({
  notified: 0,
  spooled: 0,
  undecodable: 0,
  'malformed-name': 0,
  'reserved-name': 0,
  unregistered: 0,
  'delivery-disabled': 0,
  'too-large': 0,
  refused: 0,
  expired: 0,
  overflow: 0,
});

/** Counts a settlement, in place. */
export const count = (tally: Tally, settlement: Settlement): void => {
  tally[endOf(settlement)] += 1;
};

/** The counts in words, without those that are zero. */
export const tallyLine = (tally: Tally): string =>
  (['notified', 'spooled', ...reasons] as const)
    .filter((end) => tally[end] > 0 || end === 'notified')
    .map((end) => `${tally[end]} ${end}`)
    .join(', ');
