import { Link, type LinkOptions } from './link.js';
import { type CallStatus, status } from './status.js';
import { type CallRequest, type CallResult, UnaryCall } from './unary-call.js';

/** How long calls fail at once after a failed connection, ms: short, so that a starting server is found soon. */
const pause = { baseMs: 100, capMs: 300 };
const maxDoublings = 10;

/** Defaults, for a server on this machine or nearby. */
const defaults: LinkOptions = {
  userAgent: 'node-http2-grpc',
  connectMs: 5_000,
  pingMs: 5_000,
  // C-core takes one in 5 minutes.
  pingAgainMs: 310_000,
  // Half of all stream ids.
  callsPerConnection: 2 ** 29,
};

/**
 * Unary calls of the gRPC server at `authority` (`host:port`), over one connection at a time: made at the first call,
 * and again at the next call after it was lost. Calls wait for a connection that is being made, and fail with
 * UNAVAILABLE without one.
 */
export class Channel {
  readonly #authority: string;
  readonly #options: LinkOptions;
  #link: Link | undefined;
  #waiting: UnaryCall[] = [];
  #failures = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #problem = '';
  #closed = false;

  constructor(authority: string, options: Partial<LinkOptions> = {}) {
    this.#authority = authority;
    this.#options = { ...defaults, ...options };
  }

  /** Makes a call; reports its result once, asynchronously. The returned function cancels it, without a report. */
  call(request: CallRequest, report: (result: CallResult) => void): () => void {
    const call = new UnaryCall(request, report);
    this.#place(call);
    return () => call.cancel();
  }

  /** Finishes the calls under way, then closes the connection. */
  close(): void {
    this.#closed = true;
    this.#link?.retire();
  }

  readonly #place = (call: UnaryCall): void => {
    const problem = this.#closed ? 'the client is closed' : this.#problemNow();
    if (problem !== undefined) {
      // Asynchronous, so that a caller who tries again at once does not starve the event loop.
      setImmediate(() => call.fail(unavailable(problem)));
      return;
    }
    const link = this.#link ?? this.#connect();
    if (link.ready) call.begin(link, this.#place);
    else this.#waiting.push(call);
  };

  #problemNow(): string | undefined {
    return performance.now() < this.#retryAt ? this.#problem : undefined;
  }

  #connect(): Link {
    const forget = (): void => {
      if (this.#link === link) this.#link = undefined;
    };
    const link = new Link(this.#authority, this.#options, {
      ready: () => {
        this.#failures = 0;
        for (const call of this.#takeWaiting()) this.#place(call);
      },
      gone: forget,
      failed: (reason) => {
        forget();
        this.#problem = reason;
        this.#retryAt = performance.now() + Math.min(pause.capMs, pause.baseMs * 2 ** this.#failures);
        this.#failures = Math.min(this.#failures + 1, maxDoublings);
        for (const call of this.#takeWaiting()) call.fail(unavailable(reason));
      },
    });
    this.#link = link;
    return link;
  }

  #takeWaiting(): readonly UnaryCall[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}

const unavailable = (details: string): CallStatus => ({ code: status.UNAVAILABLE, details });
