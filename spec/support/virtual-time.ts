import { assert } from 'chai';
import { Observable, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';

/** Runs a test in virtual time; what differs is shown line by line, one line an event. */
export const marbles = (test: (helpers: RunHelpers, scheduler: TestScheduler) => void): void => {
  const scheduler = new TestScheduler((actual: readonly Logged[], expected: readonly Logged[]) =>
    assert.deepEqual(actual.map(line), expected.map(line)),
  );
  scheduler.run((helpers) => test(helpers, scheduler));
};

/** From when to when something was subscribed to. */
export interface Span {
  readonly subscribedFrame: number;
  unsubscribedFrame: number;
}

/** What the test scheduler compares. */
type Logged =
  | Span
  | {
      readonly frame: number;
      readonly notification: { readonly kind: string; readonly value?: unknown; readonly error?: unknown };
    };

const line = (logged: Logged): string => {
  if ('subscribedFrame' in logged)
    return `from ${logged.subscribedFrame} ms to ${logged.unsubscribedFrame} ms`;
  const { kind, value, error } = logged.notification;
  const what = kind === 'N' ? value : kind === 'C' ? 'complete' : `error ${error}`;
  return `${logged.frame} ms: ${typeof what === 'string' ? what : JSON.stringify(what)}`;
};

/** The source, with each subscription to it noted down. */
export const spanned = <T>(spans: Span[], scheduler: SchedulerLike, source: Observable<T>): Observable<T> =>
  new Observable((subscriber) => {
    const span: Span = { subscribedFrame: scheduler.now(), unsubscribedFrame: Number.POSITIVE_INFINITY };
    spans.push(span);
    subscriber.add(() => {
      span.unsubscribedFrame = scheduler.now();
    });
    subscriber.add(source.subscribe(subscriber));
  });

/**
 * As Node's timers are: a delay that does not fit 31 bits is over after 1 ms. Who sets timers without end is stopped, as
 * virtual time would go on for ever.
 */
export const nodeTimers = (scheduler: SchedulerLike): SchedulerLike => {
  let left = 10_000;
  return {
    now: () => scheduler.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T) => {
      left -= 1;
      if (left < 0) throw new Error('timers without end');
      return scheduler.schedule(work, delay > 2 ** 31 - 1 ? 1 : delay, state);
    },
  };
};
