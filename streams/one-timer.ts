import { type SchedulerLike, Subscription } from 'rxjs';

/** One timer: starting it again replaces the time and the task. */
export class OneTimer {
  readonly #scheduler: SchedulerLike;
  #running = Subscription.EMPTY;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** Runs the task once, after `ms`. */
  start(ms: number, task: () => void): void {
    this.stop();
    this.#running = this.#scheduler.schedule(task, ms);
  }

  /** The task does not run any more. */
  stop(): void {
    this.#running.unsubscribe();
  }
}
