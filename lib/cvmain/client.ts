import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Outcome } from '../rules/delivery/outcome.js';
import type { Notification } from '../rules/notification/notification.js';
import type { Target } from '../rules/target.js';
import { outcomeOfAnswer, outcomeOfError, tokenOfAnswer, versionOfAnswer, withoutTokens } from './answers.js';
import { Channel } from './channel.js';
import { emptyRequest, notificationRequest, readBasicResponse, readWrappedResponse } from './messages.js';
import { Proof } from './proof.js';
import { type CallStatus, status } from './status.js';
import type { CallEnd } from './unary-call.js';

/** How cvmain is reached. */
export interface CvmainOptions {
  /** `host:port`. */
  readonly address: string;
  /** How long `send_notification` may take, ms. */
  readonly callDeadlineMs: number;
  /** How long the other calls may take, ms; 10 s unless given. */
  readonly probeDeadlineMs?: number;
}

/** cvmain, as far as cvmqtt uses it. Each function returns what cancels the call; a cancelled call reports nothing. */
export interface Cvmain {
  /**
   * Sends one notification, and reports its outcome once. `refused` and `failed` are cvmain's own: it answered
   * `get_version` before the call and after it; else it is `away`.
   */
  sendNotification(notification: Notification, target: Target, done: (outcome: Outcome) => void): () => void;
  /** Asks for cvmain's version; Left says why there is no answer. */
  getVersion(done: (version: E.Either<string, string>) => void): () => void;
  /** Asks for the unit's token; undefined when there is none yet, Left says why there is no answer. */
  getAuthToken(done: (token: E.Either<string, string | undefined>) => void): () => void;
  close(): void;
}

/** Half of the time after which the vendor takes cvmain for broken (docs/domain.md#start-up): a busy board is slow. */
const patientProbeMs = 10_000;

/** The calls that cvmqtt makes, as proto/cv_saas.proto names them. */
export const paths = {
  sendNotification: '/cv_saas.CommsService/send_notification',
  getVersion: '/cv_saas.CommsService/get_version',
  getAuthToken: '/cv_saas.CommsService/get_auth_token',
} as const;

/**
 * A client of cvmain: one HTTP/2 connection, made at the first call and again whenever it broke; no proxy, as cvmain is on
 * this machine. Every call has a deadline (docs/architecture.md#decision-4).
 */
export const connectCvmain = ({
  address,
  callDeadlineMs,
  probeDeadlineMs = patientProbeMs,
}: CvmainOptions): Cvmain => {
  const channel = new Channel(address);
  const proof = new Proof();
  const probe = { message: emptyRequest, deadlineMs: probeDeadlineMs };
  const getVersion = proof.asking((done) =>
    channel.call({ path: paths.getVersion, ...probe }, (end) =>
      done(pipe(answerIn(end, readWrappedResponse), E.mapLeft(details), E.chain(versionOfAnswer))),
    ),
  );
  return {
    sendNotification: (notification, target, done) => {
      const message = notificationRequest(notification, target);
      const request = { path: paths.sendNotification, message, deadlineMs: callDeadlineMs };
      let cancel = channel.call(request, (end) => {
        const outcome = pipe(answerIn(end, readBasicResponse), E.match(outcomeOfError, outcomeOfAnswer));
        cancel = proof.judge(outcome, getVersion, done);
      });
      return () => cancel();
    },
    getVersion,
    getAuthToken: (done) =>
      channel.call({ path: paths.getAuthToken, ...probe }, (end) =>
        done(
          pipe(
            answerIn(end, readWrappedResponse),
            E.mapLeft(details),
            E.chain(tokenOfAnswer),
            E.mapLeft(withoutTokens),
          ),
        ),
      ),
    close: () => channel.close(),
  };
};

/** What a call was answered; bytes that can't be read count as a failure of the call, as with every gRPC library. */
const answerIn = <A>(
  end: CallEnd,
  read: (bytes: Uint8Array) => E.Either<string, A>,
): E.Either<CallStatus, A> => {
  if (E.isLeft(end)) return end;
  const answer = read(end.right);
  return E.isLeft(answer) ? E.left(brokenAnswer(answer.left)) : answer;
};

const brokenAnswer = (problem: string): CallStatus => ({
  code: status.INTERNAL,
  details: `the answer is broken: ${problem}`,
});

const details = (failure: CallStatus): string => failure.details;
