import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { CallStatus } from '../grpc/index.js';
import type { Outcome } from '../rules/delivery/outcome.js';
import type { Notification } from '../rules/notification/notification.js';
import type { Target } from '../rules/target.js';
import { withoutJwts } from '../util/jwt.js';
import { outcomeOfAnswer, outcomeOfError, tokenOfAnswer, versionOfAnswer, withoutTokens } from './answers.js';
import type { Calls } from './calls.js';
import { http2Calls } from './http2-calls.js';
import { lateCalls } from './late-calls.js';
import { Proof } from './proof.js';

/** gRPC library: `lib/grpc`, or `@grpc/grpc-js`, which is loaded only if chosen. */
export type GrpcLibrary = 'http2' | 'grpc-js';

/** Options of the client. */
export interface CvmainOptions {
  readonly library: GrpcLibrary;
  /** `host:port`. */
  readonly address: string;
  /** Deadline of `send_notification`, ms. */
  readonly callDeadlineMs: number;
  /** Deadline of the other calls, ms; 10 s by default. */
  readonly probeDeadlineMs?: number;
}

/** The calls to cvmain. Each function returns a function that cancels the call; a cancelled call reports nothing. */
export interface Cvmain {
  /**
   * Sends a notification and reports its outcome once. `refused` and `failed` are reported only if cvmain answered
   * `get_version` before and after the call, otherwise `away`.
   */
  sendNotification(notification: Notification, target: Target, done: (outcome: Outcome) => void): () => void;
  /** Gets cvmain's version; Left says why there is no answer. */
  getVersion(done: (version: E.Either<string, string>) => void): () => void;
  /** Gets the unit's token; undefined if there is none yet, Left says why there is no answer. */
  getAuthToken(done: (token: E.Either<string, string | undefined>) => void): () => void;
  close(): void;
}

/** The client, with a call that the daemon has no use for. */
export interface CvmainClient extends Cvmain {
  /** Gets the version of cvmain's protocol; Left says why there is no answer. */
  getProtocolVersion(done: (version: E.Either<string, string>) => void): () => void;
}

/** Half of the time after which the vendor considers cvmain broken (docs/domain.md#start-up): a busy board is slow. */
const patientProbeMs = 10_000;

/**
 * A client of cvmain: one HTTP/2 connection, made at the first call and again whenever it broke; no proxy, as cvmain is on
 * this machine. Every call has a deadline (docs/architecture.md#decision-4).
 */
export const connectCvmain = ({
  library,
  address,
  callDeadlineMs,
  probeDeadlineMs = patientProbeMs,
}: CvmainOptions): CvmainClient => {
  const calls = callsBy(library, address);
  const proof = new Proof();
  const getVersion = proof.asking((done) =>
    calls.getVersion(undefined, probeDeadlineMs, (end) =>
      done(pipe(end, E.mapLeft(details), E.chain(versionOfAnswer('get_version')))),
    ),
  );
  return {
    sendNotification: (notification, target, done) => {
      let cancel = calls.sendNotification({ notification, target }, callDeadlineMs, (end) => {
        const outcome = pipe(end, E.match(outcomeOfError, outcomeOfAnswer));
        cancel = proof.verify(outcome, getVersion, done);
      });
      return () => cancel();
    },
    getVersion,
    getProtocolVersion: (done) =>
      calls.getProtocolVersion(undefined, probeDeadlineMs, (end) =>
        done(pipe(end, E.mapLeft(details), E.chain(versionOfAnswer('get_protocol_version')))),
      ),
    getAuthToken: (done) =>
      calls.getAuthToken(undefined, probeDeadlineMs, (end) =>
        done(pipe(end, E.mapLeft(details), E.chain(tokenOfAnswer), E.mapLeft(withoutTokens))),
      ),
    close: calls.close,
  };
};

const callsBy = (library: GrpcLibrary, address: string): Calls =>
  library === 'http2'
    ? http2Calls(address)
    : lateCalls(import('./grpc-js/calls.js').then(({ grpcJsCalls }) => grpcJsCalls(address)));

/** Without tokens: cvmain has one, and may quote it in any error. */
const details = (failure: CallStatus): string => withoutJwts(failure.details);
