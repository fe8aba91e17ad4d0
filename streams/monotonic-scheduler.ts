import { asyncScheduler, type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { systemClock } from '../lib/clock/system-clock.js';

/** The longest delay that timers of Node.js take, ms. A longer one would fire at once. */
export const maxTimerMs = 2 ** 31 - 1;

/** A scheduler without that limit. */
export const longTimers = (real: SchedulerLike): SchedulerLike => ({
  now: () => real.now(),
  schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription => {
    if (delay <= maxTimerMs) return real.schedule(work, delay, state);
    const timer = new Subscription();
    const wait = (left: number): void => {
      if (left <= maxTimerMs) timer.add(real.schedule(work, left, state));
      else timer.add(real.schedule(() => wait(left - maxTimerMs), maxTimerMs));
    };
    wait(delay);
    return timer;
  },
});

/**
 * Real time that never jumps: a unit without a clock chip starts years in the past and is set right later, which must
 * neither expire messages nor keep them for ever. `now` is the uptime of the system, ms, including time asleep, so it
 * can be compared across restarts of the daemon. Timers do not count time asleep: after waking up late, look at
 * `now`.
 */
export const monotonicScheduler: SchedulerLike = {
  now: systemClock.uptimeMs,
  schedule: longTimers(asyncScheduler).schedule,
};
