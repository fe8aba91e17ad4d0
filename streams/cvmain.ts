import * as E from 'fp-ts/lib/Either.js';
import { Observable, type SchedulerLike } from 'rxjs';
import type { Cvmain } from '../lib/cvmain/client.js';
import type { Report } from '../lib/log/event.js';
import { notificationOf } from '../lib/notification/notification.js';
import type { Notify } from './deliver-deps.js';
import { whenServing } from './when-serving.js';

/** A call of `send_notification` for each message and target. */
export const notifyVia =
  (cvmain: Cvmain): Notify =>
  (message, target, done) =>
    cvmain.sendNotification(notificationOf(message), target, done);

/** Asks for the unit's token once: emits it, undefined when there is none yet, or Left when there is no answer. */
export const askToken = (cvmain: Cvmain): Observable<E.Either<string, string | undefined>> =>
  new Observable((subscriber) =>
    cvmain.getAuthToken((token) => {
      subscriber.next(token);
      subscriber.complete();
    }),
  );

/** What {@link cvmainServes} stands on. */
export interface CvmainServesDeps {
  readonly cvmain: Cvmain;
  readonly address: string;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  readonly report: Report;
}

/** The vendor recommends a probe every 100–500 ms (domain.md, "Start-up"). */
const probes = { baseMs: 100, capMs: 400 };

/**
 * Emits once when cvmain answers, see `whenServing`; may be subscribed to again and again. Reports once that cvmain is
 * waited for, and once that it answers.
 */
export const cvmainServes = ({
  cvmain,
  address,
  scheduler,
  random,
  report,
}: CvmainServesDeps): Observable<number> => {
  let seen: 'never' | 'serving' | 'away' = 'never';
  const failed = (detail: string): boolean => {
    if (seen === 'never') report({ kind: 'waiting', what: 'cvmain', detail: `${address}: ${detail}` });
    else if (seen === 'serving') report({ kind: 'cvmain-away', address });
    seen = 'away';
    return false;
  };
  const answered = (version: string): boolean => {
    if (seen !== 'serving') report({ kind: 'cvmain-serves', address, version });
    seen = 'serving';
    return true;
  };
  const probe = () =>
    new Observable<boolean>((subscriber) =>
      cvmain.getVersion((version) => {
        subscriber.next(E.match(failed, answered)(version));
        subscriber.complete();
      }),
    );
  return whenServing({ probe, retry: probes, scheduler, random });
};
