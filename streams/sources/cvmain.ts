import * as E from 'fp-ts/lib/Either.js';
import {
  defer,
  distinctUntilChanged,
  Observable,
  ReplaySubject,
  repeat,
  type SchedulerLike,
  share,
  timer,
} from 'rxjs';
import type { Cvmain } from '../../lib/cvmain/client.js';
import { Presence } from '../../lib/cvmain/presence.js';
import type { Report } from '../../lib/log/event.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Message } from '../../lib/rules/message/decode.js';
import { notificationOf } from '../../lib/rules/notification/notification.js';
import type { Target } from '../../lib/rules/target.js';
import type { Notify } from '../delivery/deliver-deps.js';
import { whenServing } from '../operators/when-serving.js';

/** Gets the outcome of a call, and when the call began, ms. */
export type Heard = (outcome: Outcome, begunAt: number, message: Message, target: Target) => void;

/** Calls `send_notification` for each message and target; `heard` gets each outcome first. */
export const notifyVia =
  (cvmain: Cvmain, heard: Heard = () => undefined, now = () => 0): Notify =>
  (message, target, done) => {
    const begunAt = now();
    return cvmain.sendNotification(notificationOf(message), target, (outcome) => {
      heard(outcome, begunAt, message, target);
      done(outcome);
    });
  };

/**
 * Asks cvmain for the token of the unit once: emits it, undefined if there is none yet, or Left without an answer.
 */
export const askToken = (cvmain: Cvmain): Observable<E.Either<string, string | undefined>> =>
  new Observable((subscriber) =>
    cvmain.getAuthToken((token) => {
      subscriber.next(token);
      subscriber.complete();
    }),
  );

/** Dependencies of {@link cvmainServes}. */
export interface CvmainServesDeps {
  readonly cvmain: Cvmain;
  readonly address: string;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  readonly report: Report;
  /** Reports whether cvmain serves; a new one by default. */
  readonly presence?: Presence;
}

/** The vendor recommends a probe every 100–500 ms (docs/domain.md#start-up). */
const probes = { baseMs: 100, capMs: 400 };

/**
 * Emits once when cvmain answers, see `whenServing`; can be subscribed to any number of times. Concurrent subscribers
 * share one probe. Reports what it finds, see `Presence`.
 */
export const cvmainServes = ({
  cvmain,
  address,
  scheduler,
  random,
  report,
  presence = new Presence(address, report),
}: CvmainServesDeps): Observable<number> => {
  const probe = () =>
    new Observable<boolean>((subscriber) => {
      const askedAt = scheduler.now();
      return cvmain.getVersion((version) => {
        if (E.isRight(version)) presence.serves(version.right, scheduler.now());
        else presence.silent(version.left, scheduler.now(), askedAt);
        subscriber.next(E.isRight(version));
        subscriber.complete();
      });
    });
  return whenServing({ probe, retry: probes, scheduler, random }).pipe(
    share({ connector: () => new ReplaySubject(1) }),
  );
};

/** How often cvmain is probed without traffic, ms. */
const watchMs = 30_000;

/** Probes cvmain repeatedly, so that its absence is reported without traffic too. Never completes. */
export const watchCvmain = (whenServing$: Observable<number>, scheduler: SchedulerLike): Observable<number> =>
  defer(() => whenServing$).pipe(repeat({ delay: () => timer(watchMs, scheduler) }));

/** How often a bystander asks whether cvmain serves, ms. */
const askMs = 1_000;

/** Whether cvmain answers, now and at each change: for a program that makes no calls of its own. Never completes. */
export const servesChanges = (cvmain: Cvmain, scheduler: SchedulerLike): Observable<boolean> =>
  new Observable<boolean>((subscriber) =>
    cvmain.getVersion((version) => {
      subscriber.next(E.isRight(version));
      subscriber.complete();
    }),
  ).pipe(repeat({ delay: () => timer(askMs, scheduler) }), distinctUntilChanged());
