import type * as E from 'fp-ts/lib/Either.js';
import type { CallStatus } from '../grpc/index.js';
import type { Notification } from '../rules/notification/notification.js';
import type { Target } from '../rules/target.js';
import type { BasicResponse, WrappedResponse } from './messages.js';

/** A notification, and where it goes. */
export interface NotificationCall {
  readonly notification: Notification;
  readonly target: Target;
}

/**
 * A unary call: reports its end once, never before it returns, and returns what cancels it. Then nothing is reported, and
 * the server need not go on with it. Left is the status with which it failed, `DEADLINE_EXCEEDED` after `deadlineMs`.
 */
export type Call<Request, Answer> = (
  request: Request,
  deadlineMs: number,
  report: (end: E.Either<CallStatus, Answer>) => void,
) => () => void;

/** The calls of proto/cv_saas.proto that cvmqtt makes, by one library of gRPC or another. */
export interface Calls {
  readonly sendNotification: Call<NotificationCall, BasicResponse>;
  readonly getVersion: Call<void, WrappedResponse>;
  readonly getAuthToken: Call<void, WrappedResponse>;
  /** Calls under way go on to their end; then the connection is closed. */
  readonly close: () => void;
}
