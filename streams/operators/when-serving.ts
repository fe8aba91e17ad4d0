import { defer, filter, map, type Observable, repeat, type SchedulerLike, take, timer } from 'rxjs';
import { type Backoff, backoffMs } from '../../lib/util/backoff.js';

/** Dependencies of {@link whenServing}. */
export interface WhenServingDeps {
  /** Probes cvmain once; emits once whether it serves. */
  readonly probe: () => Observable<boolean>;
  readonly retry: Backoff;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/**
 * Emits once, when cvmain serves: the number of probes that failed before. Probes one at a time, with a wait in
 * between (docs/domain.md#grpc: call `get_version` every 100–500 ms until it answers). Each subscriber runs its own
 * probes; unsubscribing stops them.
 */
export const whenServing = ({ probe, retry, scheduler, random }: WhenServingDeps): Observable<number> =>
  defer(() => {
    let failed = 0;
    return defer(probe).pipe(
      map((serves) => ({ serves, failed: serves ? failed : failed++ })),
      repeat({ delay: (count) => timer(retry.baseMs + backoffMs(retry, count - 1, random), scheduler) }),
      filter(({ serves }) => serves),
      map((last) => last.failed),
      take(1),
    );
  });
