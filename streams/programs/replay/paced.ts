import { firstValueFrom, map, type Observable, race, type SchedulerLike, timer } from 'rxjs';
import type { CaptureRecord, Records } from '../../../lib/capture/record.js';

/** Records that are due within so many ms are due: timers are no finer. */
const grainMs = 1;

/**
 * The records, each when it is due: as long after the first publish as it came after it in the capture, at `speed` times
 * that pace. What comes before the first publish is due at once. A slow reader makes them late, not lost. Ends when
 * `stop$` emits, while it waits.
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
      // Asked again: the reader may have taken its time.
      const ms = waitMs(record);
      if (ms >= grainMs && !(await isDue(ms))) return;
    }
    if (from < batch.length) yield batch.slice(from);
  }
}
