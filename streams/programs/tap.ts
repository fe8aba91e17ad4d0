import { map, type Observable, of, ReplaySubject, type SchedulerLike, tap } from 'rxjs';
import type { Config } from '../../lib/config/config.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { DeadLettered, Notified } from '../../lib/rules/settlement.js';
import type { Target } from '../../lib/rules/target.js';
import { pipelineInMemory } from '../pipeline-in-memory.js';
import { rulesOf, spoolBoundsOf } from '../rules.js';
import { latestFilters } from '../sources/latest-filters.js';
import { type ListenDeps, listen } from '../sources/listen.js';

/** Dependencies of {@link tapped}. */
export interface TapDeps extends ListenDeps {
  readonly config: Pick<Config, 'settings' | 'cvmain'>;
  readonly integrations$: Observable<IntegrationSet>;
  readonly scheduler: SchedulerLike;
}

/** A message with its result and the targets of its notifications. */
export interface Tapped {
  readonly settlement: Notified | DeadLettered;
  readonly targets: readonly Target[];
}

/**
 * What the daemon would do with each message as it arrives: the same pipeline behind a client of its own. Sends no
 * notification and writes nothing; each call counts as accepted. Completes after `stop$`.
 */
export const tapped = ({ config, integrations$, ...deps }: TapDeps): Observable<Tapped> => {
  const { settings, cvmain } = config;
  const { login$, filters } = latestFilters(deps.credentials$);
  /** Targets by the sequence number of the publish. */
  const targets = new Map<number, Target[]>();
  /** Messages still held are abandoned on disconnect. */
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
