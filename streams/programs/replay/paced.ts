import { firstValueFrom, map, type Observable, race, type SchedulerLike, timer } from 'rxjs';
import type { CaptureRecord, Records } from '../../../lib/capture/record.js';

/** Records due within this time are due, ms: timers are no finer. */
const grainMs = 1;

/**
 * Emits each record when it is due: as long after the first publish as in the capture, at `speed` times that pace.
 * Records before the first publish are due at once. A slow reader delays records and loses none. Ends when `stop$`
 * emits, even while waiting.
 */
export async function* paced(
  records: Records,
  speed: number,
  scheduler: SchedulerLike,
  stop$: Observable<unknown>,
): Records {
  let origin: { readonly offsetMs: number; readonly at: number } | undefined;
  const waitMs = (record: CaptureRecord): number => {
    if (record.kind === 'publish') origin ??= { offsetMs: record.offsetMs, at: scheduler.now() };
    if (origin === undefined || !('offsetMs' in record)) return 0;
    return origin.at + (record.offsetMs - origin.offsetMs) / speed - scheduler.now();
  };
  const isDue = (ms: number): Promise<boolean> =>
    firstValueFrom(race(timer(ms, scheduler).pipe(map(() => true)), stop$.pipe(map(() => false))));
  for await (const batch of records) {
    let from = 0;
    for (const [at, record] of batch.entries()) {
      if (waitMs(record) < grainMs) continue;
      if (at > from) yield batch.slice(from, at);
      from = at;
      // Checked again, as the reader may have taken its time.
      const ms = waitMs(record);
      if (ms >= grainMs && !(await isDue(ms))) return;
    }
    // Even an empty one: the consumer may want to stop.
    if (from < batch.length || from === 0) yield batch.slice(from);
  }
}
