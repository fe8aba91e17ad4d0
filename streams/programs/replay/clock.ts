import { type SchedulerAction, type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import { longTimers } from '../../monotonic-scheduler.js';

/**
 * The time of a replay. The pipeline runs on its `scheduler`; `now` is 0 at the start of the capture, or of the
 * replay.
 */
export interface ReplayClock {
  readonly scheduler: SchedulerLike;
  /** The time is now a record's offset, ms. What was due before happens first. */
  reach(offsetMs: number): void;
  /** No more records: waits for what is still scheduled. */
  end(): void;
  /** True if time passes by itself, so that scheduled work can be waited for. */
  readonly passes: boolean;
}

/** Time that jumps from record to record: a day takes as long as its messages. */
export const virtualClock = (): ReplayClock => {
  const scheduler = new VirtualTimeScheduler();
  return {
    scheduler,
    reach: (offsetMs) => {
      const [next] = scheduler.actions;
      if (next !== undefined && next.delay <= offsetMs && offsetMs > scheduler.frame) {
        scheduler.maxFrames = offsetMs;
        scheduler.flush();
      }
      // Records may be out of order; time is not.
      scheduler.frame = Math.max(scheduler.frame, offsetMs);
    },
    end: () => {
      scheduler.maxFrames = Number.POSITIVE_INFINITY;
      scheduler.flush();
    },
    passes: false,
  };
};

/** Time that passes `speed` times as fast as that of `real`, from 0. */
export const passingClock = (real: SchedulerLike, speed: number): ReplayClock => {
  const start = real.now();
  const long = longTimers(real);
  const scheduler: SchedulerLike = {
    now: () => (real.now() - start) * speed,
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T) =>
      long.schedule(work, delay / speed, state),
  };
  return { scheduler, reach: () => undefined, end: () => undefined, passes: true };
};
