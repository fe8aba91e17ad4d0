import {
  defer,
  distinctUntilChanged,
  ignoreElements,
  merge,
  type Observable,
  Subject,
  shareReplay,
  tap,
} from 'rxjs';
import type { Credentials } from '../lib/config/credentials.js';
import { type RenewalsDeps, renewals } from './renewals.js';

/**
 * The unit's login at the broker, and each new one: what cvmain writes, and what it answers when it is asked because
 * the one in use is not good any more. The last one is replayed to who subscribes later (design.md, decision 12). What
 * can't be read of a token is reported, once for tokens of one shape.
 */
export const login = (
  deps: Omit<RenewalsDeps, 'login$'> & { readonly credentials$: Observable<Credentials> },
): Observable<Credentials> =>
  defer(() => {
    const renewed = new Subject<Credentials>();
    let reported = '';
    const login$ = merge(deps.credentials$, renewed).pipe(
      distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
      tap(({ remarks = [] }) => {
        if (remarks.length > 0 && remarks.join() !== reported) {
          reported = remarks.join();
          deps.report({ kind: 'odd-token', remarks });
        }
      }),
      shareReplay({ bufferSize: 1, refCount: true }),
    );
    const renewing$ = renewals({ ...deps, login$ }).pipe(
      tap((next) => renewed.next(next)),
      ignoreElements(),
    );
    return merge(login$, renewing$);
  }).pipe(shareReplay({ bufferSize: 1, refCount: true }));
