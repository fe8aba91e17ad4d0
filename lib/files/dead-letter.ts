import { isUtf8 } from 'node:buffer';
import type { DeadLettered } from '../settlement.js';

/**
 * A dead letter as a line of JSON, without its end: why (`reason`, `detail`), when (`received_at`, `settled_at`, RFC 3339),
 * how often cvmain was called (`attempts`), the `name` as far as it was understood, and the message in full, so that it can
 * be delivered later: `topic`, `qos`, `retain`, `dup`, `payload`, or `payload_b64` where the bytes are not UTF-8.
 */
export const deadLetterLine = ({
  publish,
  message,
  reason,
  detail,
  attempts,
  tookMs,
}: DeadLettered): string => {
  const payload = Buffer.from(publish.payload.buffer, publish.payload.byteOffset, publish.payload.length);
  return JSON.stringify({
    reason,
    detail,
    name: message?.name,
    attempts,
    received_at: new Date(publish.receivedAt).toISOString(),
    settled_at: new Date(publish.receivedAt + tookMs).toISOString(),
    topic: publish.topic,
    qos: publish.qos,
    retain: publish.retain,
    dup: publish.dup,
    expires_in_ms: publish.expiresInMs,
    ...(isUtf8(payload) ? { payload: payload.toString() } : { payload_b64: payload.toString('base64') }),
  });
};
