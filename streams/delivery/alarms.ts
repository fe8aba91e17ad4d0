import type { SchedulerLike, Subscription } from 'rxjs';
import { maxTimerMs } from '../monotonic-scheduler.js';

/** One timer for each of those who ask. None that has fired is kept. */
export class Alarms<T> {
  readonly #scheduler: SchedulerLike;
  readonly #ring: (one: T) => void;
  readonly #timers = new Map<T, Subscription>();

  constructor(scheduler: SchedulerLike, ring: (one: T) => void) {
    this.#scheduler = scheduler;
    this.#ring = ring;
  }

  /** Rings then, or earlier where that is weeks away, in place of what was set before. */
  set(one: T, at: number): void {
    this.clear(one);
    const delay = Math.min(Math.max(0, at - this.#scheduler.now()), maxTimerMs);
    this.#timers.set(
      one,
      this.#scheduler.schedule(() => {
        this.#timers.delete(one);
        this.#ring(one);
      }, delay),
    );
  }

  clear(one: T): void {
    if (this.#timers.size === 0) return;
    this.#timers.get(one)?.unsubscribe();
    this.#timers.delete(one);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.unsubscribe();
    this.#timers.clear();
  }
}
