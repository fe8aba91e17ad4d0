import { Observable, type SchedulerLike, Subject } from 'rxjs';
import type { Manner } from '../../lib/rule-test/rule-test.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Notify } from '../delivery/deliver-deps.js';

/** Dependencies of {@link simulatedCvmain}. */
export interface SimulatedCvmainDeps {
  readonly frameMs: number;
  readonly callDeadlineMs: number;
  readonly scheduler: SchedulerLike;
}

/** The cvmain of a rule test. */
export interface SimulatedCvmain {
  /** Answers calls in this manner from now on; a call keeps the manner in which it began. */
  readonly change: (manner: Manner) => void;
  readonly notify: Notify;
  readonly whenServing$: Observable<number>;
}

/** A cvmain that accepts at once until its manner changes. As in the real client, a late answer is ignored. */
export const simulatedCvmain = ({
  frameMs,
  callDeadlineMs,
  scheduler,
}: SimulatedCvmainDeps): SimulatedCvmain => {
  let manner: Manner = '+';
  const changed$ = new Subject<void>();
  const answer = (): { readonly outcome: Outcome; readonly afterMs: number } => {
    const at = (outcome: Outcome, afterMs = 0) => ({ outcome, afterMs });
    switch (manner) {
      case '+':
        return at({ kind: 'accepted' });
      case 'x':
        return at({ kind: 'refused', detail: 'cvmain refuses it, as the test says' });
      case '~':
        return at({ kind: 'failed', detail: 'cvmain fails, as the test says' });
      case '?':
        return at({ kind: 'away', detail: 'cvmain is away, as the test says' });
      default: {
        const afterMs = Number(manner) * frameMs;
        return afterMs < callDeadlineMs
          ? at({ kind: 'accepted' }, afterMs)
          : at({ kind: 'away', detail: `no answer within ${callDeadlineMs} ms` }, callDeadlineMs);
      }
    }
  };
  return {
    change: (next) => {
      manner = next;
      changed$.next();
    },
    notify: (_message, _target, done) => {
      const { outcome, afterMs } = answer();
      if (afterMs === 0) {
        done(outcome);
        return () => undefined;
      }
      const timer = scheduler.schedule(() => done(outcome), afterMs);
      return () => timer.unsubscribe();
    },
    whenServing$: new Observable((subscriber) => {
      let failedProbes = 0;
      const look = (): void => {
        if (manner === '?') failedProbes += 1;
        else subscriber.next(failedProbes);
      };
      look();
      return changed$.subscribe(look);
    }),
  };
};
