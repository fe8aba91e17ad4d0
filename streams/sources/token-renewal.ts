import * as E from 'fp-ts/lib/Either.js';
import {
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  merge,
  type Observable,
  repeat,
  type SchedulerLike,
  startWith,
  switchMap,
  take,
  tap,
  timer,
} from 'rxjs';
import { type Credentials, withToken } from '../../lib/config/credentials.js';
import { maxTimerMs } from '../monotonic-scheduler.js';
import { Pace, type PaceDeps } from './token-pace.js';

/** Dependencies of {@link tokenRenewal}. */
export interface TokenRenewalDeps extends PaceDeps {
  /** The login in use, and each new one. */
  readonly login$: Observable<Credentials>;
  /** Emits whenever the broker refuses the login. */
  readonly refused$: Observable<unknown>;
  /** Emits whenever the broker accepts the login. */
  readonly accepted$: Observable<unknown>;
  /** Asks cvmain for the unit's token once: undefined when there is none yet, Left when there is no answer. */
  readonly ask: () => Observable<E.Either<string, string | undefined>>;
  /** Wall clock, ms since the epoch; tokens expire by it. */
  readonly now: () => number;
  readonly scheduler: SchedulerLike;
}

/**
 * New logins with a token from cvmain: after the broker refused the current one, and when the current one expires by
 * its own claim (docs/architecture.md#decision-12). A token that the broker accepts is valid, whatever the clock
 * says, and is not renewed before it expires. Asks until cvmain has another token, and reports once that it waits.
 * All requests share one jittered backoff, whatever the answers and logins; only an accepted connection that lasts
 * resets it. A login from elsewhere ends the renewal.
 */
export const tokenRenewal = (deps: TokenRenewalDeps): Observable<Credentials> =>
  defer(() => {
    const pace = new Pace(deps);
    const accepted$ = deps.accepted$.pipe(tap(() => pace.accepted()));
    const refused$ = deps.refused$.pipe(tap(() => pace.ended()));
    return deps.login$.pipe(
      switchMap((login) =>
        merge(
          refused$.pipe(map(() => true)),
          accepted$.pipe(
            startWith(undefined),
            switchMap(() => expiryOf(login, deps)),
          ),
        ).pipe(
          distinctUntilChanged(),
          switchMap((isNeeded) => (isNeeded ? another(login, pace, deps) : EMPTY)),
        ),
      ),
    );
  });

/** False now; true when the token expires, if it has not expired by this clock. */
const expiryOf = ({ expiresAt }: Credentials, { now, scheduler }: TokenRenewalDeps): Observable<boolean> => {
  const leftMs = (expiresAt ?? Number.POSITIVE_INFINITY) - now();
  const expiry$ = leftMs > 0 && leftMs <= maxTimerMs ? timer(leftMs, scheduler) : EMPTY;
  return expiry$.pipe(
    map(() => true),
    startWith(false),
  );
};

/** The login with a new token, as soon as cvmain has one. */
const another = (login: Credentials, pace: Pace, deps: TokenRenewalDeps): Observable<Credentials> =>
  defer(() => {
    const asked$ = defer(() => timer(pace.nextMs(), deps.scheduler)).pipe(switchMap(() => deps.ask()));
    return asked$.pipe(
      map(
        E.chain((token) => (token === undefined ? E.left('cvmain has none yet') : withToken(login, token))),
      ),
      tap((renewed) => {
        if (E.isLeft(renewed)) pace.waits(renewed.left);
        else if (renewed.right.password === login.password) pace.waits('cvmain still has the old one');
      }),
      repeat(),
      map((renewed) => (E.isRight(renewed) ? renewed.right : login)),
      filter(({ password }) => password !== login.password),
      take(1),
    );
  });
