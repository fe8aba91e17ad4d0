import { type ClientHttp2Stream, constants } from 'node:http2';
import * as E from 'fp-ts/lib/Either.js';
import type { Link } from './link.js';
import { MessageReader } from './message-reader.js';
import { type CallStatus, problemOfHeaders, status, statusOfReset, statusOfTrailers } from './status.js';

/** A request and its deadline. */
export interface CallRequest {
  /** `/package.Service/method`. */
  readonly path: string;
  /** The message, with its prefix. */
  readonly message: Buffer;
  readonly deadlineMs: number;
}

/** The part of {@link Link} that a call uses. */
export type CallLink = Pick<Link, 'open' | 'leave' | 'heard' | 'checkAlive' | 'broken'>;

/** The answer's message without its prefix, or the status with which the call failed. */
export type CallResult = E.Either<CallStatus, Buffer>;

/** One unary call. It ends once: with an answer, a status, at its deadline, or unreported when it is cancelled. */
export class UnaryCall {
  readonly #request: CallRequest;
  readonly #deadlineAt: number;
  readonly #deadline: NodeJS.Timeout;
  readonly #reader = new MessageReader();
  #report: ((result: CallResult) => void) | undefined;
  #link: CallLink | undefined;
  #stream: ClientHttp2Stream | undefined;
  #answered = false;
  #refused = false;

  constructor(request: CallRequest, report: (result: CallResult) => void) {
    this.#request = request;
    this.#report = report;
    this.#deadlineAt = performance.now() + request.deadlineMs;
    this.#deadline = setTimeout(() => this.#timeOut(), request.deadlineMs);
  }

  /**
   * Sends the request. If the server refused it unread (RFC 9113, 8.7), as one about to close does, calls `again`,
   * once.
   */
  begin(link: CallLink, again: (call: UnaryCall) => void): void {
    if (this.#report === undefined) return;
    const { path, message } = this.#request;
    const stream = link.open(path, this.#deadlineAt - performance.now());
    if (stream === undefined) {
      again(this);
      return;
    }
    this.#link = link;
    this.#stream = stream;
    // `close` follows, and has the reason.
    stream.on('error', ignore);
    stream.on('response', (headers, flags) => {
      link.heard();
      this.#refuse(problemOfHeaders(headers));
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) this.#finish(statusOfTrailers(headers));
    });
    stream.on('data', (chunk: Buffer) => this.#refuse(this.#reader.take(chunk)));
    stream.on('trailers', (trailers) => this.#finish(statusOfTrailers(trailers)));
    stream.on('close', () => {
      link.leave();
      if (this.#report === undefined) return;
      if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && !this.#refused) {
        this.#refused = true;
        again(this);
      } else this.#end(E.left(this.#statusOfClose(link, stream.rstCode)));
    });
    stream.end(message);
  }

  /** Ends the call with this status, unless it has ended. */
  fail(failure: CallStatus): void {
    this.#end(E.left(failure));
  }

  /** Ends the call unreported. */
  cancel(): void {
    this.#report = undefined;
    clearTimeout(this.#deadline);
    this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  #finish(final: CallStatus): void {
    this.#answered = true;
    const { message } = this.#reader;
    if (final.code !== status.OK) this.#end(E.left(final));
    else this.#end(message === undefined ? E.left(noMessage) : E.right(message));
  }

  #refuse(problem: CallStatus | undefined): void {
    if (problem !== undefined) this.#end(E.left(problem));
  }

  #timeOut(): void {
    this.#link?.checkAlive();
    this.#end(E.left(this.#late()));
  }

  #late(): CallStatus {
    return { code: status.DEADLINE_EXCEEDED, details: `no answer within ${this.#request.deadlineMs} ms` };
  }

  #statusOfClose(link: CallLink, rstCode: number): CallStatus {
    if (link.broken) return { code: status.UNAVAILABLE, details: 'the connection was lost' };
    // The server has the deadline too.
    const late = rstCode === constants.NGHTTP2_CANCEL && performance.now() >= this.#deadlineAt - 1;
    return late ? this.#late() : statusOfReset(rstCode);
  }

  #end(result: CallResult): void {
    const report = this.#report;
    if (report === undefined) return;
    this.#report = undefined;
    clearTimeout(this.#deadline);
    // A server that answered need not have read all of the request.
    if (!this.#answered || this.#stream?.writableFinished === false)
      this.#stream?.close(constants.NGHTTP2_CANCEL);
    report(result);
  }
}

const ignore = (): void => undefined;

const noMessage: CallStatus = { code: status.INTERNAL, details: 'the answer has no message' };
