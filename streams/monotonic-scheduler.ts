import { performance } from 'node:perf_hooks';
import { asyncScheduler, type SchedulerLike } from 'rxjs';

/**
 * Real time that never jumps: a unit without a clock chip starts years in the past and is set right later, which must
 * neither expire messages nor keep them for ever. Its `now` is ms since an arbitrary moment near the epoch's.
 */
export const monotonicScheduler: SchedulerLike = {
  now: () => performance.timeOrigin + performance.now(),
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};

/** The longest delay that Node's timers take, ms: what waits longer waits again. */
export const maxTimerMs = 2 ** 31 - 1;
