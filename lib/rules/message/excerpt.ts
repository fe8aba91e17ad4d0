import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type Payload, payloadOf } from './payload.js';
import type { Oversized } from './publish.js';

/** The beginning of a payload that is too large to be kept, and what tells the whole one. */
export interface Excerpt {
  readonly payload: Payload;
  readonly oversized: Oversized;
}

/** So much of a payload is in its excerpt. */
export const excerptBytes = 4_096;

/** The excerpt of a payload that begins with these bytes, at least {@link excerptBytes} where it has so many. */
export const excerptOf = (beginning: Uint8Array, bytes: number, sha256: string): Excerpt => ({
  payload: payloadOf(Buffer.from(wholeCharacters(beginning.subarray(0, excerptBytes)))),
  oversized: { bytes, sha256 },
});

/** The excerpt of a payload that is there. */
export const excerpted = (payload: Uint8Array): Excerpt =>
  excerptOf(payload, payload.length, createHash('sha256').update(payload).digest('hex'));

/** Without the last character, where the cut goes through it. */
const wholeCharacters = (bytes: Uint8Array): Uint8Array =>
  [0, 1, 2, 3].map((cut) => bytes.subarray(0, bytes.length - cut)).find(isUtf8) ?? bytes;
