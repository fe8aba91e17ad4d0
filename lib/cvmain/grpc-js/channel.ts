import {
  type ChannelOptions,
  Client,
  connectivityState,
  credentials,
  logVerbosity,
  Metadata,
  type MethodDefinition,
  setLogVerbosity,
} from '@grpc/grpc-js';
import * as E from 'fp-ts/lib/Either.js';
import { ConnectPause } from '../../grpc/connect-pause.js';
import { type CallStatus, problemOfHttp, status } from '../../grpc/status.js';
import { isOwnTimer, statusOf } from './status.js';

/** No proxy, no retries but of what the server has not read, and nothing shared with another channel. */
const options: ChannelOptions = {
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.use_local_subchannel_pool': 1,
  'grpc-node.max_session_memory': 256,
  'grpc.primary_user_agent': 'cvmqtt',
};

/** A method, what it is asked, and for how long at most. */
export interface ChannelCall<Request, Answer> {
  readonly method: Pick<
    MethodDefinition<Request, Answer>,
    'path' | 'requestSerialize' | 'responseDeserialize'
  >;
  readonly request: Request;
  readonly deadlineMs: number;
}

/** A client of grpc-js: one connection at a time. */
interface Current {
  readonly client: Client;
  /** How many answers there were, of whatever kind. */
  answers: number;
}

/**
 * Unary calls by grpc-js that behave as those of `lib/grpc`. A client of grpc-js connects again and again by itself once it
 * has found nobody, and waits for ever on a connection that is dead; so it is given up in both cases, and the next
 * call makes another one, after the pause that `lib/grpc` makes too.
 */
export class GrpcJsChannel {
  readonly #address: string;
  readonly #pause = new ConnectPause();
  #current: Current | undefined;
  #isClosed = false;

  constructor(address: string) {
    this.#address = address;
    // It would write to stderr, where each line is one of the log.
    setLogVerbosity(logVerbosity.NONE);
  }

  /** Makes a call, reports its end once and never at once, and gives what cancels it; then nothing is reported. */
  call<Request, Answer>(
    { method, request, deadlineMs }: ChannelCall<Request, Answer>,
    report: (end: E.Either<CallStatus, Answer>) => void,
  ): () => void {
    const problem = this.#isClosed ? 'the client is closed' : this.#pause.problem;
    if (problem !== undefined) {
      const failing = setImmediate(() => report(E.left({ code: status.UNAVAILABLE, details: problem })));
      return () => clearImmediate(failing);
    }
    this.#current ??= {
      client: new Client(this.#address, credentials.createInsecure(), options),
      answers: 0,
    };
    const current = this.#current;
    const { answers } = current;
    const deadlineAt = performance.now() + deadlineMs;
    let [isCancelled, contentType, refusal]: [boolean, string | undefined, CallStatus | undefined] = [
      false,
      undefined,
      undefined,
    ];
    const call = current.client.makeUnaryRequest<Request, Answer>(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      new Metadata(),
      { deadline: Date.now() + deadlineMs },
      (error, answer) => {
        if (error === null) {
          this.#answered(current);
          if (!isCancelled && answer !== undefined) report(E.right(answer));
          return;
        }
        const isLate = performance.now() >= deadlineAt - 1;
        contentType ??= contentTypeOf(error.metadata);
        const failure = refusal ?? statusOf(error, { contentType, deadlineMs, isLate });
        if (isOwnTimer(error.code, error.details)) {
          if (current.answers === answers) this.#giveUp(current);
        } else if (failure.code === status.UNAVAILABLE && !isConnected(current))
          this.#failed(current, failure);
        else this.#answered(current);
        if (!isCancelled) report(E.left(failure));
      },
    );
    call.once('metadata', (metadata: Metadata) => {
      this.#answered(current);
      contentType = contentTypeOf(metadata);
      refusal = problemOfHttp(200, contentType);
      if (refusal !== undefined) call.cancel();
    });
    return () => {
      isCancelled = true;
      call.cancel();
    };
  }

  /** Calls under way go on to their end; then the connection is closed. */
  close(): void {
    this.#isClosed = true;
    if (this.#current !== undefined) this.#giveUp(this.#current);
  }

  #answered(current: Current): void {
    current.answers += 1;
    this.#pause.succeeded();
  }

  #failed(current: Current, { details }: CallStatus): void {
    if (this.#current !== current) return;
    this.#pause.failed(details);
    this.#giveUp(current);
  }

  #giveUp(current: Current): void {
    if (this.#current === current) this.#current = undefined;
    current.client.close();
  }
}

/** Whether it did not fail to connect. */
const isConnected = ({ client }: Current): boolean =>
  client.getChannel().getConnectivityState(false) !== connectivityState.TRANSIENT_FAILURE;

const contentTypeOf = (metadata: Metadata): string | undefined => {
  const [value] = metadata.get('content-type');
  return typeof value === 'string' ? value : undefined;
};
