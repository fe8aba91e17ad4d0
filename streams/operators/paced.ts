import { Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';

/**
 * Emits after each change, at most once in `ms`; changes in between are one. Never emits synchronously, so a subscriber
 * sees the state after the change. Without changes no timer runs.
 */
export const paced =
  (ms: number, scheduler: SchedulerLike): OperatorFunction<unknown, void> =>
  (change$) =>
    new Observable((subscriber) => {
      let timer: Subscription | undefined;
      let lastAt = Number.NEGATIVE_INFINITY;
      const emit = (): void => {
        timer = undefined;
        lastAt = scheduler.now();
        subscriber.next();
      };
      const next = (): void => {
        timer ??= scheduler.schedule(emit, Math.max(0, lastAt + ms - scheduler.now()));
      };
      subscriber.add(() => timer?.unsubscribe());
      subscriber.add(change$.subscribe({ next, error: (bug) => subscriber.error(bug) }));
    });
