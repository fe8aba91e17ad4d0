import {
  defer,
  distinctUntilChanged,
  filter,
  ignoreElements,
  merge,
  type Observable,
  Subject,
  shareReplay,
  tap,
} from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { type RenewalsDeps, renewals } from './token-renewal.js';

/** Dependencies of {@link login}. */
export interface LoginDeps extends Omit<RenewalsDeps, 'login$' | 'refused$' | 'accepted$'> {
  /** What cvmain writes. */
  readonly credentials$: Observable<Credentials>;
  /** What the session at the broker reports: what became of each login. */
  readonly events$: Observable<DaemonEvent>;
}

/**
 * The unit's login at the broker, and each new one: what cvmain writes, and what it answers when it is asked because the
 * one in use is not good any more. The last one is replayed to who subscribes later (docs/architecture.md#decision-12).
 * What can't be read of a token is reported, once for tokens of one shape.
 */
export const login = (deps: LoginDeps): Observable<Credentials> => {
  let reported = '';
  return defer(() => {
    const renewed = new Subject<Credentials>();
    let expiresAt = Number.POSITIVE_INFINITY;
    const login$ = merge(deps.credentials$, renewed).pipe(
      distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
      tap(({ remarks = [], ...current }) => {
        expiresAt = current.expiresAt ?? Number.POSITIVE_INFINITY;
        if (remarks.length > 0 && remarks.join() !== reported) {
          reported = remarks.join();
          deps.report({ kind: 'odd-token', remarks });
        }
      }),
      shareReplay({ bufferSize: 1, refCount: true }),
    );
    const renewing$ = renewals({
      ...deps,
      login$,
      accepted$: deps.events$.pipe(filter(({ kind }) => kind === 'connected')),
      refused$: deps.events$.pipe(filter((event) => isRefusal(event, expiresAt <= deps.now()))),
    }).pipe(
      tap((next) => renewed.next(next)),
      ignoreElements(),
    );
    return merge(login$, renewing$);
  }).pipe(shareReplay({ bufferSize: 1, refCount: true }));
};

/** Some brokers close the line on a login that they refuse, without a word: where its token is over, that is why. */
const isRefusal = (event: DaemonEvent, isExpired: boolean): boolean =>
  event.kind === 'disconnected' &&
  (event.reason.kind === 'refused' || (event.reason.kind === 'hung-up' && isExpired));
