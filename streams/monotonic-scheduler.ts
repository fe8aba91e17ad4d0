import { asyncScheduler, type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { systemClock } from '../lib/clock/system-clock.js';

/** The longest delay that Node's timers take, ms: a longer one would be over at once. */
export const maxTimerMs = 2 ** 31 - 1;

/** A scheduler whose timers may be longer than that. */
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
 * neither expire messages nor keep them for ever. Its `now` is the system's uptime, ms, the time asleep included, so that it
 * compares across restarts of the daemon. Timers don't count the time asleep: who wakes late looks at `now`.
 */
export const monotonicScheduler: SchedulerLike = {
  now: systemClock.uptimeMs,
  schedule: longTimers(asyncScheduler).schedule,
};
