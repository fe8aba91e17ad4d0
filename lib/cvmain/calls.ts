import type * as E from 'fp-ts/lib/Either.js';
import type { CallStatus } from '../grpc/index.js';
import type { Notification } from '../rules/notification/notification.js';
import type { Target } from '../rules/target.js';
import type { BasicResponse, WrappedResponse } from './messages.js';

/** A notification and its target. */
export interface NotificationCall {
  readonly notification: Notification;
  readonly target: Target;
}

/**
 * A unary call. Reports its result once, never before it returns; the returned function cancels it. A cancelled call
 * reports nothing, and the server may stop working on it. Left is the status of a failure, `DEADLINE_EXCEEDED` after
 * `deadlineMs`.
 */
export type Call<Request, Answer> = (
  request: Request,
  deadlineMs: number,
  report: (result: E.Either<CallStatus, Answer>) => void,
) => () => void;

/** The calls of proto/cv_saas.proto that cvmqtt makes, by either gRPC library. */
export interface Calls {
  readonly sendNotification: Call<NotificationCall, BasicResponse>;
  readonly getVersion: Call<void, WrappedResponse>;
  readonly getProtocolVersion: Call<void, WrappedResponse>;
  readonly getAuthToken: Call<void, WrappedResponse>;
  /** Finishes the calls under way, then closes the connection. */
  readonly close: () => void;
}
