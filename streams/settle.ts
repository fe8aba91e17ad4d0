import { map, mergeMap, type Observable, type OperatorFunction, of } from 'rxjs';
import type { DeadLettered, Settlement } from '../lib/settlement.js';

/**
 * Emits each settlement once it may be acknowledged: a dead letter only after `deadLetter` has emitted, that is, once it
 * is on the disk or known to be lost, as a message that can't be stored must not hold up the others (design.md,
 * decision 5). Settlements overtake those that are being written.
 */
export const settle = (
  deadLetter: (letter: DeadLettered) => Observable<unknown>,
): OperatorFunction<Settlement, Settlement> =>
  mergeMap((settlement) =>
    settlement.kind === 'dead-lettered' ? deadLetter(settlement).pipe(map(() => settlement)) : of(settlement),
  );
