import {
  type ChannelOptions,
  Client,
  credentials,
  logVerbosity,
  Metadata,
  type MethodDefinition,
  type ServiceError,
  setLogVerbosity,
} from '@grpc/grpc-js';
import * as E from 'fp-ts/lib/Either.js';
import { type CallStatus, problemOfHttp, status } from '../../grpc/index.js';
import { noStatus, statusOf } from './status.js';

/**
 * As close to `lib/grpc` as the options of grpc-js allow. Without a server, it reconnects every 300 ms by itself, and
 * calls fail at once.
 */
const options: ChannelOptions = {
  'grpc.enable_http_proxy': 0,
  // Even so, grpc-js sends a call again that the server refused unread.
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 300,
  // C-core takes one ping in 5 minutes.
  'grpc.keepalive_time_ms': 310_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc-node.max_session_memory': 256,
  'grpc.primary_user_agent': 'cvmqtt',
};

/** A method, its request and its deadline. */
export interface ChannelCall<Request, Answer> {
  readonly method: Pick<
    MethodDefinition<Request, Answer>,
    'path' | 'requestSerialize' | 'responseDeserialize'
  >;
  readonly request: Request;
  readonly deadlineMs: number;
}

/** Unary calls of the gRPC server at `address` (`host:port`) by grpc-js, over one connection at a time. */
export class GrpcJsChannel {
  readonly #client: Client;
  #isClosed = false;

  constructor(address: string, more: ChannelOptions = {}) {
    // grpc-js would log to stderr, which is the daemon's own log.
    setLogVerbosity(logVerbosity.NONE);
    this.#client = new Client(address, credentials.createInsecure(), { ...options, ...more });
  }

  /** Makes a call; reports its result once, asynchronously. The returned function cancels it, without a report. */
  call<Request, Answer>(
    { method, request, deadlineMs }: ChannelCall<Request, Answer>,
    report: (result: E.Either<CallStatus, Answer>) => void,
  ): () => void {
    if (this.#isClosed) {
      const failing = setImmediate(() => report(E.left(closed)));
      return () => clearImmediate(failing);
    }
    const deadlineAt = performance.now() + deadlineMs;
    let isCancelled = false;
    let contentType: string | undefined;
    let refusal: CallStatus | undefined;
    const call = this.#client.makeUnaryRequest<Request, Answer>(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      new Metadata(),
      { deadline: Date.now() + deadlineMs },
      (error, answer) => {
        if (isCancelled) return;
        const failure = refusal ?? (error === null ? undefined : failureOf(error));
        if (failure === undefined && answer !== undefined) report(E.right(answer));
        else report(E.left(failure ?? noStatus));
      },
    );
    const failureOf = ({ code, details, metadata }: ServiceError): CallStatus =>
      statusOf(
        { code, details },
        {
          contentType: contentType ?? contentTypeOf(metadata),
          deadlineMs,
          isLate: performance.now() >= deadlineAt - 1,
        },
      );
    call.once('metadata', (metadata: Metadata) => {
      contentType = contentTypeOf(metadata);
      refusal = problemOfHttp(200, contentType);
      if (refusal !== undefined) call.cancel();
    });
    return () => {
      isCancelled = true;
      call.cancel();
    };
  }

  /** Finishes the calls under way, then closes the connection. */
  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }
}

const closed: CallStatus = { code: status.UNAVAILABLE, details: 'the client is closed' };

const contentTypeOf = (metadata: Metadata): string | undefined => {
  const [value] = metadata.get('content-type');
  return typeof value === 'string' ? value : undefined;
};
