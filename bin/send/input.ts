import { createInterface } from 'node:readline';
import * as E from 'fp-ts/lib/Either.js';
import { openInput } from '../../lib/storage/open-input.js';
import { errorCode } from '../../lib/util/error-code.js';
import { type Order, orderIn } from './order.js';

/** Largest text that is read from stdin, bytes: more than any broker of the platform takes. */
const maxBytes = 1_048_576;

/** Reads a stream as text; what exceeds {@link maxBytes} is left out. */
export const readAll = async (stream: NodeJS.ReadStream): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString();
};

/**
 * The messages of a file, one a line; empty lines and a byte order mark are skipped. Left: what is wrong, with the line's
 * number, or that there is no message.
 */
export async function* ordersIn(file: string, username: string): AsyncGenerator<E.Either<string, Order>> {
  let number = 0;
  let isEmpty = true;
  try {
    const input = file === '-' ? process.stdin : openInput(file);
    for await (const read of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      const line = number === 1 ? read.replace(/^\uFEFF/, '') : read;
      if (line.trim() === '') continue;
      isEmpty = false;
      yield E.mapLeft((detail: string) => `${file}, line ${number}: ${detail}; nothing is sent from here on`)(
        orderIn(username, line),
      );
    }
    if (isEmpty) yield E.left(`${file} has no message`);
  } catch (error) {
    const absent = errorCode(error) === 'ENOENT';
    yield E.left(
      `${file} ${absent ? 'does not exist' : `can not be read: ${errorCode(error) ?? 'unknown error'}`}`,
    );
  }
}

/** The same message `count` times. */
export async function* repeated(order: Order, count: number): AsyncGenerator<E.Either<string, Order>> {
  for (let sent = 0; sent < count; sent += 1) yield E.right(order);
}
