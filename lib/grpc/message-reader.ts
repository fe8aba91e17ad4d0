import { type CallStatus, status } from './status.js';

/** Length of the prefix of each message: compressed flag (1 byte) and length (4 bytes). */
export const prefixBytes = 5;

/** Largest answer; the default of grpc-js and C-core. */
export const maxAnswerBytes = 4 * 1024 * 1024;

const nothing: Buffer = Buffer.alloc(0);

/**
 * Assembles the single message of a unary answer, however its bytes are split. Uses memory only for what has come, and
 * never more than the message.
 */
export class MessageReader {
  #start = nothing;
  #message: Buffer | undefined;
  #filled = 0;

  /** The message, once complete. */
  get message(): Buffer | undefined {
    return this.#message?.length === this.#filled ? this.#message : undefined;
  }

  /** Takes the next bytes; returns the status with which the call fails if they are invalid. */
  take(chunk: Buffer): CallStatus | undefined {
    if (this.#message === undefined) return this.#begin(chunk);
    if (this.#filled + chunk.length > this.#message.length) return moreThanOne;
    this.#filled += chunk.copy(this.#message, this.#filled);
    return undefined;
  }

  #begin(chunk: Buffer): CallStatus | undefined {
    const start = this.#start === nothing ? chunk : Buffer.concat([this.#start, chunk]);
    if (start.length < prefixBytes) {
      this.#start = start;
      return undefined;
    }
    // No compression was offered to the server.
    if (start[0] !== 0) return { code: status.INTERNAL, details: 'the answer is compressed' };
    const bytes = start.readUInt32BE(1);
    if (bytes > maxAnswerBytes)
      return { code: status.RESOURCE_EXHAUSTED, details: `the answer has ${bytes} bytes, more than 4 MiB` };
    const body = start.subarray(prefixBytes);
    if (body.length > bytes) return moreThanOne;
    this.#filled = body.length;
    if (body.length === bytes) {
      this.#message = body;
    } else {
      this.#message = Buffer.allocUnsafeSlow(bytes);
      body.copy(this.#message);
    }
    return undefined;
  }
}

const moreThanOne: CallStatus = {
  code: status.INTERNAL,
  details: 'the answer has more than one message',
};
