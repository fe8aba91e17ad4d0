import { type MonoTypeOperatorFunction, Observable, type SchedulerLike } from 'rxjs';
import { type FlushRate, fullBudget, spent, waitMs } from '../../lib/rules/delivery/flush-budget.js';
import type { DeadLettered, Settlement } from '../../lib/rules/settlement.js';
import { OneTimer } from '../one-timer.js';

/** Dead letters within this time of each other share a flush, ms. */
const sharedMs = 20;

/** How dead letters are batched. */
export interface BatchLettersDeps {
  readonly rate: FlushRate;
  /** Maximum number of settlements that may wait behind a dead letter for their acknowledgement. */
  readonly mayWait: () => number;
  /** After its first value, no dead letter waits. */
  readonly stop$: Observable<unknown>;
  readonly scheduler: SchedulerLike;
}

/** A rate that flash bears for years, and short enough that a broker which resends after 30 s does not do so. */
export const flushRate: FlushRate = { burst: 60, everyMs: 5_000 };

/**
 * How many settlements may wait behind a dead letter without starving the broker of its window: with MQTT 5 the
 * window was announced to it, with 3.1.1 it has its own (10 for RabbitMQ, 20 for mosquitto).
 */
export const mayWaitOf = (windowMessages: number, protocolVersion: 4 | 5): number =>
  Math.max(1, Math.min(Math.floor(windowMessages / 4), protocolVersion === 5 ? windowMessages : 8));

/**
 * Batches dead letters when they keep coming, so that they share flushes: each flush writes several disk blocks,
 * however short the line. Dead letters pass at once up to the rate; beyond it they wait for its next flush, or until
 * `mayWait` settlements have come since the first one that waits. Other settlements pass at once. When the source
 * ends, all are flushed.
 */
export const batchLetters =
  ({ rate, mayWait, stop$, scheduler }: BatchLettersDeps): MonoTypeOperatorFunction<Settlement> =>
  (settlement$) =>
    new Observable((subscriber) => {
      const timer = new OneTimer(scheduler);
      let budget = fullBudget(rate);
      let waiting: DeadLettered[] = [];
      /** Settlements since the first dead letter that waits. */
      let behind = 0;
      let stopped = false;

      const flush = (): void => {
        timer.stop();
        if (waiting.length === 0) return;
        budget = spent(rate, budget, scheduler.now());
        const letters = waiting;
        waiting = [];
        behind = 0;
        for (const letter of letters) subscriber.next(letter);
      };
      const gather = (letter: DeadLettered): void => {
        if (waiting.length === 0 && scheduler.now() - budget.at < sharedMs) {
          subscriber.next(letter);
          return;
        }
        waiting.push(letter);
        const ms = waitMs(rate, budget, scheduler.now());
        if (ms === 0) flush();
        else timer.start(ms, flush);
      };

      subscriber.add(() => timer.stop());
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
