import * as E from 'fp-ts/lib/Either.js';
import {
  defer,
  EMPTY,
  exhaustMap,
  filter,
  map,
  merge,
  type Observable,
  repeat,
  type SchedulerLike,
  switchMap,
  take,
  tap,
  timer,
} from 'rxjs';
import { type Credentials, withToken } from '../lib/config/credentials.js';
import { type Backoff, backoffMs } from '../lib/delivery/backoff.js';
import type { Report } from '../lib/log/event.js';
import { maxTimerMs } from './monotonic-scheduler.js';

/** What {@link renewals} stands on. */
export interface RenewalsDeps {
  /** The login in use, and each new one. */
  readonly login$: Observable<Credentials>;
  /** Emits whenever the broker refuses the login. */
  readonly refused$: Observable<unknown>;
  /** Asks cvmain for the unit's token once: undefined when there is none yet, Left when there is no answer. */
  readonly ask: () => Observable<E.Either<string, string | undefined>>;
  readonly retry: Backoff;
  /** Wall clock, ms since the epoch: tokens expire by it. */
  readonly now: () => number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  readonly report: Report;
}

/**
 * New logins, with a token that cvmain was asked for: when the broker refused the one in use, and when that expires by its
 * own word (design.md, decision 12). Asks again and again until cvmain has another token, and reports once that it waits.
 * A login that comes from elsewhere in the meantime ends that.
 */
export const renewals = (deps: RenewalsDeps): Observable<Credentials> =>
  deps.login$.pipe(
    switchMap((login) =>
      merge(deps.refused$, expiryOf(login, deps)).pipe(exhaustMap(() => another(login, deps))),
    ),
  );

const expiryOf = ({ expiresAt }: Credentials, { now, scheduler }: RenewalsDeps): Observable<unknown> => {
  if (expiresAt === undefined) return EMPTY;
  const left = Math.max(0, expiresAt - now());
  return left > maxTimerMs ? EMPTY : timer(left, scheduler);
};

/** The login with another token than its own, as soon as cvmain has one. */
const another = (login: Credentials, deps: RenewalsDeps): Observable<Credentials> =>
  defer(() => {
    let told = false;
    const wait = (detail: string): void => {
      if (!told) deps.report({ kind: 'waiting', what: 'token', detail });
      told = true;
    };
    return defer(deps.ask).pipe(
      map(
        E.chain((token) => (token === undefined ? E.left('cvmain has none yet') : withToken(login, token))),
      ),
      tap((renewed) => {
        if (E.isLeft(renewed)) wait(renewed.left);
        else if (renewed.right.password === login.password)
          wait('cvmain still has the one that is not good any more');
      }),
      repeat({
        delay: (count) =>
          timer(deps.retry.baseMs + backoffMs(deps.retry, count - 1, deps.random), deps.scheduler),
      }),
      map((renewed) => (E.isRight(renewed) ? renewed.right : login)),
      filter(({ password }) => password !== login.password),
      take(1),
    );
  });
