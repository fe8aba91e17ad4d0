import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { delay, map, merge, NEVER, type Observable, of, Subject, startWith, takeUntil, timer } from 'rxjs';
import { type Credentials, withToken } from '../../../lib/config/credentials.js';
import { tokenRenewal } from '../../../streams/sources/token-renewal.js';
import { rightOf } from '../../support/either.js';
import { jwt } from '../../support/jwt.js';
import { login as loginWith } from '../../support/session.js';
import { marbles } from '../../support/virtual-time.js';

const minute = 60_000;

/** A unit, whose broker answers each login at once, and whose cvmain has a new token for each question. */
interface World {
  readonly accepts: (token: string, atMs: number) => boolean;
  /** For how long each token is good by cvmain's clock, ms; without it, they don't say. */
  readonly lifetimeMs?: number;
  /** By how much the unit's clock is ahead, ms. */
  readonly aheadMs?: number;
  readonly forMs?: number;
  /** When mq.json is written with a new token, too: ms between two times. */
  readonly writtenEachMs?: number;
  readonly random?: () => number;
}

/** Times of the requests to cvmain, ms: each answer is a new login, and so a connection. */
const askedIn = ({
  accepts,
  lifetimeMs,
  aheadMs = 0,
  forMs = 10 * minute,
  random,
  ...world
}: World): number[] => {
  const asked: number[] = [];
  marbles((_, scheduler) => {
    const login$ = new Subject<Credentials>();
    const refused$ = new Subject<void>();
    const accepted$ = new Subject<void>();
    const issued = (id: string): string =>
      jwt({ id, ...(lifetimeMs === undefined ? {} : { exp: (scheduler.now() + lifetimeMs + 1) / 1000 }) });
    const loginOf = (token: string): Credentials => rightOf(withToken(loginWith({}), token));
    const renewed$ = tokenRenewal({
      login$,
      refused$,
      accepted$,
      ask: () => {
        asked.push(scheduler.now());
        return of(E.right(issued(`of cvmain, ${asked.length}`)));
      },
      retry: { baseMs: 1_000, capMs: minute },
      stableMs: minute,
      now: () => scheduler.now() + aheadMs,
      scheduler,
      random: random ?? (() => 0.5),
      report: () => undefined,
    });
    const written$: Observable<Credentials> =
      world.writtenEachMs === undefined
        ? NEVER
        : timer(world.writtenEachMs, world.writtenEachMs, scheduler).pipe(
            map((n) => loginOf(issued(`of mq.json, ${n}`))),
          );
    merge(renewed$, written$)
      .pipe(startWith(loginOf(issued('first'))), delay(1, scheduler), takeUntil(timer(forMs, scheduler)))
      .subscribe((login) => {
        login$.next(login);
        (accepts(login.password, scheduler.now()) ? accepted$ : refused$).next();
      });
  });
  return asked;
};

/** The waits between them, s. */
const waits = (times: readonly number[]): number[] =>
  times.slice(1).map((time, at) => Math.round((time - (times[at] ?? 0)) / 1000));

const never = () => false;
const always = () => true;

describe('token renewal with a new token at each request asks cvmain', () => {
  it('at growing waits if the broker refuses each token', () => {
    const asked = askedIn({ accepts: never });
    expect(waits(asked).slice(0, 9)).to.deep.equal([2, 2, 3, 5, 9, 17, 31, 31, 31]);
    expect(asked.filter((time) => time < 5_000)).to.have.length(3);
  });

  it('at most once a second in the worst case', () => {
    expect(askedIn({ accepts: never, forMs: 5_000, random: () => 0 })).to.have.length(5);
  });

  it('at waits that differ from unit to unit', () => {
    const [one, other] = [0.1, 0.9].map((luck) => waits(askedIn({ accepts: never, random: () => luck })));
    expect(one?.at(-1)).to.equal(7);
    expect(other?.at(-1)).to.equal(55);
  });

  it('never if the broker accepts tokens that have long expired by a fast clock', () => {
    expect(askedIn({ accepts: always, lifetimeMs: minute, aheadMs: 365 * 24 * 60 * minute })).to.deep.equal(
      [],
    );
  });

  it('at growing waits if each expires by that clock soon after it was accepted', () => {
    const asked = askedIn({ accepts: always, lifetimeMs: 10 * minute, aheadMs: 10 * minute - 50 });
    expect(waits(asked).slice(0, 6)).to.deep.equal([2, 2, 3, 5, 9, 17]);
  });

  it('at once if the previous token was in use for long', () => {
    const asked = askedIn({ accepts: always, lifetimeMs: 2 * minute });
    expect(waits(asked)).to.deep.equal([120, 120, 120]);
  });

  it('at growing waits if the broker accepts every other token, and none lasts', () => {
    let turn = 0;
    const asked = askedIn({ accepts: () => turn++ % 2 === 0, writtenEachMs: 20_000 });
    const late = asked.map((time) => Math.round((time % 20_000) / 1000));
    expect(late).to.deep.equal([0, 2, 2, 3, 5, 9, 17]);
  });

  it('at growing waits if the broker also refuses the tokens that mq.json gets in between', () => {
    const asked = askedIn({ accepts: never, writtenEachMs: 4_000 });
    expect(asked.filter((time) => time < 5_000)).to.have.length(3);
    expect(asked.length).to.be.below(12);
  });
});
