import { Observable, Subject } from 'rxjs';
import type { Notify } from '../../delivery/deliver-deps.js';

/** The cvmain of a dry run. */
export interface RecordedCvmain {
  /** Whether it serves from now on. */
  readonly change: (serves: boolean) => void;
  readonly notify: Notify;
  /** Emits when it serves: 0, or 1 if it was away. */
  readonly whenServing$: Observable<number>;
}

/** A cvmain that accepts each notification at once, except while it is away. It sends nothing. */
export const recordedCvmain = (): RecordedCvmain => {
  let serves = true;
  const back$ = new Subject<void>();
  return {
    change: (next) => {
      serves = next;
      if (serves) back$.next();
    },
    notify: (_message, _target, done) => {
      done(serves ? { kind: 'accepted' } : { kind: 'away', detail: 'cvmain was away then' });
      return () => undefined;
    },
    whenServing$: new Observable((subscriber) => {
      if (serves) subscriber.next(0);
      return back$.subscribe(() => subscriber.next(1));
    }),
  };
};
