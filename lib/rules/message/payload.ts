import { isUtf8 } from 'node:buffer';

/** A payload: text if the bytes are valid UTF-8, checked once at receipt; else the bytes. */
export type Payload = { readonly text: string } | { readonly bytes: Uint8Array };

/** The payload of these bytes; {@link bytesOf} is its inverse. */
export const payloadOf = (bytes: Uint8Array): Payload =>
  isUtf8(bytes) ? { text: bufferOf(bytes).toString() } : { bytes };

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** The payload's bytes. */
export const bytesOf = (payload: Payload): Uint8Array =>
  'text' in payload ? Buffer.from(payload.text) : payload.bytes;

/** Length in bytes. */
export const byteLength = (payload: Payload): number =>
  'text' in payload ? Buffer.byteLength(payload.text) : payload.bytes.length;

/** True if two payloads have the same bytes. */
export const samePayload = (one: Payload, other: Payload): boolean => {
  if ('text' in one) return 'text' in other && one.text === other.text;
  return 'bytes' in other && Buffer.compare(one.bytes, other.bytes) === 0;
};

/** True for an empty payload. */
export const isEmptyPayload = (payload: Payload): boolean =>
  ('text' in payload ? payload.text : payload.bytes).length === 0;

/**
 * True if it has more bytes than this. Text is measured only if necessary: each UTF-16 unit takes at most three bytes.
 */
export const isLonger = (payload: Payload, bytes: number): boolean =>
  !('text' in payload && payload.text.length * 3 <= bytes) && byteLength(payload) > bytes;
