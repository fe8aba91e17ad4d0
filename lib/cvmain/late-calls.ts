import * as E from 'fp-ts/lib/Either.js';
import { status } from '../grpc/index.js';
import type { Call, Calls } from './calls.js';

/**
 * Calls over a library that is still loading: they wait for it, and their deadlines begin then. If it can't be loaded,
 * each call fails with UNAVAILABLE and the reason.
 */
export const lateCalls = (loading: Promise<Calls>): Calls => {
  const late =
    <Request, Answer>(pick: (calls: Calls) => Call<Request, Answer>): Call<Request, Answer> =>
    (request, deadlineMs, report) => {
      let isCancelled = false;
      let cancel = (): void => {
        isCancelled = true;
      };
      loading.then(
        (calls) => {
          if (!isCancelled) cancel = pick(calls)(request, deadlineMs, report);
        },
        (error: unknown) => {
          const details = `the gRPC library can't be loaded: ${error instanceof Error ? error.message : ''}`;
          if (!isCancelled) report(E.left({ code: status.UNAVAILABLE, details }));
        },
      );
      return () => cancel();
    };
  return {
    sendNotification: late((calls) => calls.sendNotification),
    getVersion: late((calls) => calls.getVersion),
    getProtocolVersion: late((calls) => calls.getProtocolVersion),
    getAuthToken: late((calls) => calls.getAuthToken),
    close: () => {
      loading.then(
        (calls) => calls.close(),
        () => undefined,
      );
    },
  };
};
