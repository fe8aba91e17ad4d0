import * as E from 'fp-ts/lib/Either.js';
import { type CallStatus, Channel, status } from '../grpc/index.js';
import type { Calls, NotificationCall } from './calls.js';
import { emptyRequest, notificationRequest, readBasicResponse, readWrappedResponse } from './messages.js';

/** Paths of the calls, as in proto/cv_saas.proto. */
export const paths = {
  sendNotification: '/cv_saas.CommsService/send_notification',
  getVersion: '/cv_saas.CommsService/get_version',
  getProtocolVersion: '/cv_saas.CommsService/get_protocol_version',
  getAuthToken: '/cv_saas.CommsService/get_auth_token',
} as const;

/** The calls over `lib/grpc`: one connection, made at the first call and again when it was lost; no proxy. */
export const http2Calls = (address: string): Calls => {
  const channel = new Channel(address, { userAgent: 'cvmqtt' });
  const calling =
    <Request, Answer>(
      path: string,
      write: (request: Request) => Buffer,
      read: (bytes: Uint8Array) => E.Either<string, Answer>,
    ) =>
    (
      request: Request,
      deadlineMs: number,
      report: (result: E.Either<CallStatus, Answer>) => void,
    ): (() => void) =>
      channel.call({ path, message: write(request), deadlineMs }, (end) =>
        report(E.isLeft(end) ? end : E.mapLeft(brokenAnswer)(read(end.right))),
      );
  return {
    sendNotification: calling(
      paths.sendNotification,
      ({ notification, target }: NotificationCall) => notificationRequest(notification, target),
      readBasicResponse,
    ),
    getVersion: calling(paths.getVersion, () => emptyRequest, readWrappedResponse),
    getProtocolVersion: calling(paths.getProtocolVersion, () => emptyRequest, readWrappedResponse),
    getAuthToken: calling(paths.getAuthToken, () => emptyRequest, readWrappedResponse),
    close: () => channel.close(),
  };
};

/** Unreadable bytes count as a failed call, as in other gRPC libraries. */
const brokenAnswer = (problem: string): CallStatus => ({
  code: status.INTERNAL,
  details: `the answer is broken: ${problem}`,
});
