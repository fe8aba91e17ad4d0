import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type Payload, payloadOf } from './payload.js';
import type { Oversized } from './publish.js';

/** Beginning of a payload too large to keep, with length and hash of the whole. */
export interface Excerpt {
  readonly payload: Payload;
  readonly oversized: Oversized;
}

/** Length of an excerpt, bytes. */
export const excerptBytes = 4_096;

/** The excerpt of a payload, from its first {@link excerptBytes} bytes or more, if it has as many. */
export const excerptOf = (beginning: Uint8Array, bytes: number, sha256: string): Excerpt => ({
  payload: payloadOf(Buffer.from(wholeCharacters(beginning.subarray(0, excerptBytes)))),
  oversized: { bytes, sha256 },
});

/** The excerpt of a complete payload. */
export const excerpted = (payload: Uint8Array): Excerpt =>
  excerptOf(payload, payload.length, createHash('sha256').update(payload).digest('hex'));

/** Drops a last character that is cut. */
const wholeCharacters = (bytes: Uint8Array): Uint8Array =>
  [0, 1, 2, 3].map((cut) => bytes.subarray(0, bytes.length - cut)).find(isUtf8) ?? bytes;
