import { Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';

/** Dependencies of {@link changesAtMost}. */
export interface ChangesAtMostDeps<A> {
  /** The value now; undefined if it can't be published. */
  readonly take: () => A | undefined;
  /** Equal for values between which nothing has changed that matters. */
  readonly keyOf: (value: A) => string;
  /** At most one value in this time, ms. */
  readonly everyMs: number;
  readonly scheduler: SchedulerLike;
}

/**
 * After a change, emits the value if its key differs from that of the one emitted last, at most once in `everyMs`; what happens in
 * between is one change, and none if it was undone. A value that can't be published does not count. Without changes no timer runs.
 */
export const changesAtMost =
  <A>({ take, keyOf, everyMs, scheduler }: ChangesAtMostDeps<A>): OperatorFunction<unknown, A> =>
  (change$) =>
    new Observable((subscriber) => {
      let timer: Subscription | undefined;
      let emitted: string | undefined;
      let lastAt = Number.NEGATIVE_INFINITY;
      const look = (): void => {
        timer = undefined;
        const value = take();
        if (value === undefined || keyOf(value) === emitted) return;
        const waitMs = lastAt + everyMs - scheduler.now();
        if (waitMs > 0) {
          timer = scheduler.schedule(look, waitMs);
          return;
        }
        emitted = keyOf(value);
        lastAt = scheduler.now();
        subscriber.next(value);
      };
      const next = (): void => {
        if (timer === undefined) look();
      };
      subscriber.add(() => timer?.unsubscribe());
      subscriber.add(change$.subscribe({ next, error: (bug) => subscriber.error(bug) }));
    });
