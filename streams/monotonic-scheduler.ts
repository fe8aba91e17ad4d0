import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { systemClock } from '../lib/clock/system-clock.js';

/**
 * Real time that never jumps: a unit without a clock chip starts years in the past and is set right later, which must
 * neither expire messages nor keep them for ever. Its `now` is the system's uptime, ms, the time asleep included, so that it
 * compares across restarts of the daemon. Timers don't count the time asleep: who wakes late looks at `now`.
 */
export const monotonicScheduler: SchedulerLike = {
  now: systemClock.uptimeMs,
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};

/** The longest delay that Node's timers take, ms: what waits longer waits again. */
export const maxTimerMs = 2 ** 31 - 1;
