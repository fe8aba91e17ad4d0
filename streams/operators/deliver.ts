import { Observable, type OperatorFunction, take } from 'rxjs';
import type { Decoded } from '../../lib/rules/delivery/deliverable.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import type { DeliverDeps } from '../delivery/deliver-deps.js';
import { Delivery } from '../delivery/delivery.js';

/**
 * Delivers each message to its integration and emits its settlement; dead letters from earlier steps pass through.
 * Order holds within an integration, with one call in flight for each; integrations do not wait for each other. The
 * target is decided with the live set at the time of the call. A message for an unregistered integration is held for
 * a while, as its app may register (docs/architecture.md#decision-4, #decision-6, #decision-7, #decision-8,
 * #decision-9). Completes when the source has completed and nothing waits, or when stopped.
 */
export const deliver =
  (deps: DeliverDeps): OperatorFunction<Decoded, Settlement> =>
  (source) =>
    new Observable((subscriber) => {
      const delivery = new Delivery(deps, subscriber);
      deps.inspect?.(() => delivery.lanes);
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
