import { type CallStatus, status } from './status.js';

/** Before each message on the wire: whether it is compressed (1 byte), and its length (4 bytes). */
export const prefixBytes = 5;

/** As much as grpc-js and C-core take by default. */
export const maxAnswerBytes = 4 * 1024 * 1024;

const nothing: Buffer = Buffer.alloc(0);

/**
 * Puts the one message of a unary answer together, however its bytes come. Needs memory for what has come, and once the
 * length is known no more than for the message, however small the pieces are.
 */
export class MessageReader {
  #start = nothing;
  #message: Buffer | undefined;
  #filled = 0;

  /** The message, when all of it has come. */
  get message(): Buffer | undefined {
    return this.#message?.length === this.#filled ? this.#message : undefined;
  }

  /** Takes the next bytes of the answer; gives the status with which the call ends when they are wrong. */
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
