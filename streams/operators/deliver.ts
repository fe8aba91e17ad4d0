import { Observable, type OperatorFunction, take } from 'rxjs';
import type { Decoded } from '../../lib/rules/delivery/deliverable.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import type { DeliverDeps } from '../delivery/deliver-deps.js';
import { Delivery } from '../delivery/delivery.js';

/**
 * Delivers each message to its integration, and emits its settlement; what is a dead letter already passes. In order for
 * each integration, with one call in flight for each, while integrations don't wait for each other; where a message goes is
 * decided with the set as it is at the call. A message for an unregistered integration is held for a while, as its app may
 * register (docs/architecture.md#decision-4, #decision-6, #decision-7, #decision-8, #decision-9). Completes when the source
 * has and nothing waits, or when stopped.
 */
export const deliver =
  (deps: DeliverDeps): OperatorFunction<Decoded, Settlement> =>
  (source) =>
    new Observable((subscriber) => {
      const delivery = new Delivery(deps, subscriber);
      const error = (bug: unknown): void => subscriber.error(bug);
      subscriber.add(() => delivery.close());
      subscriber.add(deps.stop$.pipe(take(1)).subscribe({ next: () => delivery.stop(), error }));
      subscriber.add(deps.integrations$.subscribe({ next: (set) => delivery.setChanged(set), error }));
      const found = (integrations: readonly string[]): void => delivery.found(integrations);
      subscriber.add(deps.spool?.spool.found$.subscribe({ next: found, error }));
      const next = (decoded: Decoded): void => delivery.arrive(decoded);
      const complete = (): void => delivery.endOfSource();
      subscriber.add(source.subscribe({ next, error, complete }));
    });
