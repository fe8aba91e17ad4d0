import { map, type Observable, of, ReplaySubject, type SchedulerLike, tap } from 'rxjs';
import type { Config } from '../../lib/config/config.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { DeadLettered, Notified } from '../../lib/rules/settlement.js';
import type { Target } from '../../lib/rules/target.js';
import { pipelineInMemory } from '../pipeline-in-memory.js';
import { rulesOf, spoolBoundsOf } from '../rules.js';
import { latestFilters } from '../sources/latest-filters.js';
import { type ListenDeps, listen } from '../sources/listen.js';

/** What the tap stands on. */
export interface TapDeps extends ListenDeps {
  readonly config: Pick<Config, 'settings' | 'cvmain'>;
  readonly integrations$: Observable<IntegrationSet>;
  readonly scheduler: SchedulerLike;
}

/** A message as it would end, and where its notifications would go. */
export interface Tapped {
  readonly settlement: Notified | DeadLettered;
  readonly targets: readonly Target[];
}

/**
 * What the daemon would do with each message, as it comes: the same pipeline, with a client of its own in front of it and
 * nothing behind it. No notification is sent and nothing is written; what cvmain would say to a notification is not
 * known, so each counts as accepted. Completes after `stop$`.
 */
export const tapped = ({ config, integrations$, ...deps }: TapDeps): Observable<Tapped> => {
  const { settings, cvmain } = config;
  const { login$, filters } = latestFilters(deps.credentials$);
  /** By the number of the publish. */
  const targets = new Map<number, Target[]>();
  /** What is held then is not waited for. */
  const disconnected = new ReplaySubject<void>(1);
  const publishes$ = listen({
    ...deps,
    credentials$: login$,
  }).pipe(
    map(({ publish }) => publish),
    tap({ complete: () => disconnected.next() }),
  );
  return publishes$.pipe(
    pipelineInMemory({
      ...rulesOf({ settings, cvmain, filters }),
      spool: spoolBoundsOf(settings),
      integrations$,
      notify: ({ publish }, target, done) => {
        targets.set(publish.seq, [...(targets.get(publish.seq) ?? []), target]);
        done({ kind: 'accepted' });
        return () => undefined;
      },
      whenServing$: of(0),
      stop$: disconnected,
      scheduler: deps.scheduler,
      random: deps.random,
    }),
    map((settlement) => {
      const { seq } = settlement.publish;
      const found = targets.get(seq) ?? [];
      targets.delete(seq);
      return { settlement, targets: found };
    }),
  );
};
