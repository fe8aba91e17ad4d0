import { Observable, type SchedulerAction, type SchedulerLike } from 'rxjs';
import type { Span } from '../../streams/testing/marbles.js';

export { marbles, type Span } from '../../streams/testing/marbles.js';

/** The source, with each subscription to it recorded. */
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
 * Timers like those of Node.js: a delay beyond 31 bits ends after 1 ms. Throws on endless timers, as virtual time
 * would never end.
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
