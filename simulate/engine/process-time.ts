import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import type { Agenda, Due } from './agenda.js';

/**
 * The scheduler of one process: timers as in Node.js (whole ms, at least one) that end with the process.
 * `now` is the uptime of the system and never jumps.
 */
export class ProcessTime implements SchedulerLike {
  readonly #agenda: Agenda;
  readonly #isAlive: () => boolean;
  readonly #origin: number;
  /** Number of timers that are set. */
  pending = 0;

  constructor(agenda: Agenda, isAlive: () => boolean, uptimeMs: number) {
    this.#agenda = agenda;
    this.#isAlive = isAlive;
    this.#origin = uptimeMs - agenda.now;
  }

  now(): number {
    return this.#origin + this.#agenda.now;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return new Timer(this, work).schedule(state, delay);
  }

  /** Sets a timer. */
  in(delay: number, task: () => void): Due {
    this.pending += 1;
    return this.#agenda.in(Math.max(1, Math.trunc(delay)), () => {
      this.pending -= 1;
      if (this.#isAlive()) task();
    });
  }

  /** Clears a timer that has not fired. */
  clear(due: Due): void {
    if (due.task === undefined) return;
    due.task = undefined;
    this.pending -= 1;
  }
}

class Timer<T> extends Subscription implements SchedulerAction<T> {
  readonly #time: ProcessTime;
  readonly #work: (this: SchedulerAction<T>, state?: T) => void;
  #due: Due | undefined;

  constructor(time: ProcessTime, work: (this: SchedulerAction<T>, state?: T) => void) {
    super();
    this.#time = time;
    this.#work = work;
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.#clear();
    this.#due = this.#time.in(delay, () => {
      this.#due = undefined;
      this.#work.call(this, state);
      if (this.#due === undefined) this.unsubscribe();
    });
    return this;
  }

  override unsubscribe(): void {
    if (this.closed) return;
    this.#clear();
    super.unsubscribe();
  }

  #clear(): void {
    if (this.#due !== undefined) this.#time.clear(this.#due);
    this.#due = undefined;
  }
}
