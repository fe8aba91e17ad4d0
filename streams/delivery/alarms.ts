import type { SchedulerLike, Subscription } from 'rxjs';
import { maxTimerMs } from '../monotonic-scheduler.js';

/** One timer per key. Fired timers are not kept. */
export class Alarms<T> {
  readonly #scheduler: SchedulerLike;
  readonly #ring: (one: T) => void;
  readonly #timers = new Map<T, Subscription>();

  constructor(scheduler: SchedulerLike, ring: (one: T) => void) {
    this.#scheduler = scheduler;
    this.#ring = ring;
  }

  /** Rings at `at`, or earlier if that is weeks away. Replaces the timer set before. */
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
