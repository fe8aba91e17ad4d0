import { Observable, type OperatorFunction, Subscription, take } from 'rxjs';
import type { DeadLettered, Settlement } from '../../lib/rules/settlement.js';

/**
 * Emits each settlement once it may be acknowledged: a dead letter after `deadLetter` has emitted, which means that
 * it is on the disk or known to be lost; one that cannot be stored must not hold up the others
 * (docs/architecture.md#decision-5). Other settlements overtake dead letters that are being written. Not a
 * `mergeMap`, which would create an Observable for each message.
 */
export const settle =
  (deadLetter: (letter: DeadLettered) => Observable<unknown>): OperatorFunction<Settlement, Settlement> =>
  (settlement$) =>
    new Observable((subscriber) => {
      const writes = new Subscription();
      let writing = 0;
      let ended = false;
      const error = (bug: unknown): void => subscriber.error(bug);
      const completeWhenWritten = (): void => {
        if (ended && writing === 0) subscriber.complete();
      };
      const write = (letter: DeadLettered): void => {
        writing += 1;
        const next = (): void => subscriber.next(letter);
        const complete = (): void => {
          writing -= 1;
          completeWhenWritten();
        };
        writes.add(deadLetter(letter).pipe(take(1)).subscribe({ next, error, complete }));
      };
      subscriber.add(writes);
      subscriber.add(
        settlement$.subscribe({
          next: (settlement) => {
            if (settlement.kind === 'dead-lettered') write(settlement);
            else subscriber.next(settlement);
          },
          error,
          complete: () => {
            ended = true;
            completeWhenWritten();
          },
        }),
      );
    });
