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
import { type TokenRenewalDeps, tokenRenewal } from './token-renewal.js';

/** Dependencies of {@link login}. */
export interface LoginDeps extends Omit<TokenRenewalDeps, 'login$' | 'refused$' | 'accepted$'> {
  /** Logins that cvmain writes. */
  readonly credentials$: Observable<Credentials>;
  /** Events of the broker session: whether a login was accepted or refused. */
  readonly events$: Observable<DaemonEvent>;
}

/**
 * The login of the unit at the broker, and each new one: what cvmain writes, and what it answers when it is asked
 * because the current one is no longer valid. Replays the last one to late subscribers
 * (docs/architecture.md#decision-12). Parts of a token that cannot be read are reported, once for tokens of the same
 * shape.
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
    const renewing$ = tokenRenewal({
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

/**
 * Some brokers refuse a login by closing the connection without an answer. With an expired token, that is the reason.
 */
const isRefusal = (event: DaemonEvent, isExpired: boolean): boolean =>
  event.kind === 'disconnected' &&
  (event.reason.kind === 'refused' || (event.reason.kind === 'hung-up' && isExpired));
