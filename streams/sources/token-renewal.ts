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
import type { Report } from '../../lib/log/event.js';
import { type Backoff, backoffMs } from '../../lib/util/backoff.js';
import { maxTimerMs } from '../monotonic-scheduler.js';

/** Dependencies of {@link renewals}. */
export interface RenewalsDeps {
  /** The login in use, and each new one. */
  readonly login$: Observable<Credentials>;
  /** Emits whenever the broker refuses the login. */
  readonly refused$: Observable<unknown>;
  /** Emits whenever the broker accepts the login. */
  readonly accepted$: Observable<unknown>;
  /** Asks cvmain for the unit's token once: undefined when there is none yet, Left when there is no answer. */
  readonly ask: () => Observable<E.Either<string, string | undefined>>;
  /** The wait between two questions, after the first. */
  readonly retry: Backoff;
  /** An accepted connection that lasted for so long starts the backoff anew, ms. */
  readonly stableMs: number;
  /** Wall clock, ms since the epoch: tokens expire by it. */
  readonly now: () => number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  readonly report: Report;
}

/**
 * New logins, with a token that cvmain was asked for: when the broker refused the one in use, and when that expires by its
 * own word while it is in use (docs/architecture.md#decision-12). A token that the broker accepts is good, whatever the
 * clock says: then nothing is asked for, unless it expires later. Asks again and again until cvmain has another token, and
 * reports once that it waits. All questions follow one jittered backoff, whatever was answered and whichever login is in
 * use: it starts anew only after an accepted connection that lasted. A login that comes from elsewhere in the meantime ends
 * the asking.
 */
export const renewals = (deps: RenewalsDeps): Observable<Credentials> =>
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

/** False now; true when the token expires, if it has not yet by this clock. */
const expiryOf = ({ expiresAt }: Credentials, { now, scheduler }: RenewalsDeps): Observable<boolean> => {
  const leftMs = (expiresAt ?? Number.POSITIVE_INFINITY) - now();
  const expiry$ = leftMs > 0 && leftMs <= maxTimerMs ? timer(leftMs, scheduler) : EMPTY;
  return expiry$.pipe(
    map(() => true),
    startWith(false),
  );
};

/** The login with another token than its own, as soon as cvmain has one. */
const another = (login: Credentials, pace: Pace, deps: RenewalsDeps): Observable<Credentials> =>
  defer(() => {
    const asked$ = defer(() => timer(pace.nextMs(), deps.scheduler)).pipe(switchMap(() => deps.ask()));
    return asked$.pipe(
      map(
        E.chain((token) => (token === undefined ? E.left('cvmain has none yet') : withToken(login, token))),
      ),
      tap((renewed) => {
        if (E.isLeft(renewed)) pace.waits(renewed.left);
        else if (renewed.right.password === login.password)
          pace.waits('cvmain still has the one that is not good any more');
      }),
      repeat(),
      map((renewed) => (E.isRight(renewed) ? renewed.right : login)),
      filter(({ password }) => password !== login.password),
      take(1),
    );
  });

/** How long to wait before the next question, and whether the wait was reported; across logins. */
class Pace {
  readonly #deps: RenewalsDeps;
  #asked = 0;
  #isReported = false;
  #acceptedAt: number | undefined;

  constructor(deps: RenewalsDeps) {
    this.#deps = deps;
  }

  accepted(): void {
    this.#acceptedAt = this.#deps.scheduler.now();
    this.#isReported = false;
  }

  /** The broker refused a login: the accepted connection, if there was one, is over. */
  ended(): void {
    this.#restart();
    this.#acceptedAt = undefined;
  }

  /** Call it when a question is to be asked. */
  nextMs(): number {
    this.#restart();
    const { retry, random } = this.#deps;
    const asked = this.#asked++;
    return asked === 0 ? 0 : retry.baseMs + backoffMs(retry, asked - 1, random);
  }

  waits(detail: string): void {
    if (!this.#isReported) this.#deps.report({ kind: 'waiting', what: 'token', detail });
    this.#isReported = true;
  }

  #restart(): void {
    const { scheduler, stableMs } = this.#deps;
    if (this.#acceptedAt === undefined || scheduler.now() - this.#acceptedAt < stableMs) return;
    this.#asked = 0;
    this.#acceptedAt = undefined;
  }
}
