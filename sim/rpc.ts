import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { decodeWith } from '../lib/util/codec.js';
import { commsService } from './comms-service.js';

/** Why a call has no answer: the gRPC status, or an invalid answer. */
export type CallFailure =
  | { readonly reason: 'call-failed'; readonly status: string; readonly detail: string }
  | { readonly reason: 'bad-answer'; readonly detail: string };

/**
 * Makes one unary call of cvmain's `CommsService` at `address` (`host:port`), on a connection of its own. Fails after
 * `deadlineMs`, and at once with UNAVAILABLE if nobody listens.
 */
export async function callCvmain<A>(
  address: string,
  rpc: string,
  request: object,
  response: t.Type<A, unknown>,
  deadlineMs = 5000,
): Promise<E.Either<CallFailure, A>> {
  const method = commsService[rpc];
  if (method === undefined) return E.left({ reason: 'bad-answer', detail: `there is no rpc ${rpc}` });
  const client = new Client(address, credentials.createInsecure());
  try {
    const answer = await new Promise<E.Either<ServiceError, unknown>>((resolve) => {
      client.makeUnaryRequest<object, unknown>(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        { deadline: Date.now() + deadlineMs },
        (error, value) => resolve(error === null ? E.right(value) : E.left(error)),
      );
    });
    if (E.isLeft(answer)) return E.left(callFailed(answer.left));
    return E.mapLeft((detail: string): CallFailure => ({ reason: 'bad-answer', detail }))(
      decodeWith(response)(answer.right),
    );
  } finally {
    client.close();
  }
}

const callFailed = ({ code, details }: ServiceError): CallFailure => ({
  reason: 'call-failed',
  status: status[code],
  detail: details,
});
