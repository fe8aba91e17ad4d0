import { type MonoTypeOperatorFunction, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { type FlushRate, fullBudget, spent, waitMs } from '../../lib/rules/delivery/flush-budget.js';
import type { DeadLettered, Settlement } from '../../lib/rules/settlement.js';

/** Dead letters that come within this time of each other share a flush of the disk, ms. */
const sharedMs = 20;

/** How dead letters are gathered. */
export interface BatchLettersDeps {
  readonly rate: FlushRate;
  /** As many settlements as may wait for their acknowledgement behind a dead letter, as acknowledgements leave in order. */
  readonly mayWait: () => number;
  /** From its first value on, none waits. */
  readonly stop$: Observable<unknown>;
  readonly scheduler: SchedulerLike;
}

/** What the disk of a unit bears for years, and no broker that sends again after 30 s takes for a lost message. */
export const flushRate: FlushRate = { burst: 60, everyMs: 5_000 };

/**
 * How many settlements may wait behind a dead letter so that the broker does not run out of messages that it may send: with
 * MQTT 5 it was told how many, with 3.1.1 it has a limit of its own (10 with RabbitMQ, 20 with mosquitto).
 */
export const mayWaitOf = (windowMessages: number, protocolVersion: 4 | 5): number =>
  Math.max(1, Math.min(Math.floor(windowMessages / 4), protocolVersion === 5 ? windowMessages : 8));

/**
 * Gathers dead letters where they come without end, so that those that come together share one flush of the disk: each
 * flush writes several blocks of the disk, however short the line. At first each goes on at once; past the rate they wait for
 * its next flush, or until `mayWait` settlements came since the first that waits. All else goes on at once. When the
 * source ends, none waits any longer.
 */
export const batchLetters =
  ({ rate, mayWait, stop$, scheduler }: BatchLettersDeps): MonoTypeOperatorFunction<Settlement> =>
  (settlement$) =>
    new Observable((subscriber) => {
      let budget = fullBudget(rate, scheduler.now());
      let flushedAt = Number.NEGATIVE_INFINITY;
      let waiting: DeadLettered[] = [];
      /** Settlements since the first that waits. */
      let behind = 0;
      let timer: Subscription | undefined;
      let stopped = false;

      const flush = (): void => {
        timer?.unsubscribe();
        timer = undefined;
        if (waiting.length === 0) return;
        budget = spent(rate, budget, scheduler.now());
        flushedAt = scheduler.now();
        const letters = waiting;
        waiting = [];
        behind = 0;
        for (const letter of letters) subscriber.next(letter);
      };
      const gather = (letter: DeadLettered): void => {
        if (waiting.length === 0 && scheduler.now() - flushedAt < sharedMs) {
          subscriber.next(letter);
          return;
        }
        waiting.push(letter);
        const ms = waitMs(rate, budget, scheduler.now());
        if (ms === 0) flush();
        else timer ??= scheduler.schedule(flush, ms);
      };

      subscriber.add(() => timer?.unsubscribe());
      subscriber.add(
        stop$.subscribe(() => {
          stopped = true;
          flush();
        }),
      );
      subscriber.add(
        settlement$.subscribe({
          next: (settlement) => {
            if (settlement.kind === 'dead-lettered') gather(settlement);
            else subscriber.next(settlement);
            if (waiting.length > 0) behind += 1;
            if (stopped || behind >= mayWait()) flush();
          },
          error: (bug: unknown) => {
            flush();
            subscriber.error(bug);
          },
          complete: () => {
            flush();
            subscriber.complete();
          },
        }),
      );
    });
