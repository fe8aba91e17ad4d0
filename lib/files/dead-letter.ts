import { type Receipt, receiptToJson } from '../clock/receipt.js';
import { publishToJson } from '../message/publish-json.js';
import type { DeadLettered } from '../settlement.js';

/**
 * A dead letter as a line of JSON, without its end: why (`reason`, `detail`), when (`received_at`, `settled_at`, RFC 3339),
 * how often cvmain was called (`attempts`), the `name` as far as it was understood, and the message in full, so that it can
 * be delivered later: `topic`, `qos`, `retain`, `dup`, `payload`, or `payload_b64` where the bytes are not UTF-8. `receipt`
 * is when it was received for programs: the clock of `received_at` may have been wrong.
 */
export const deadLetterLine = (
  { publish, message, reason, detail, attempts, tookMs }: DeadLettered,
  receipt: Receipt,
): string =>
  JSON.stringify({
    reason,
    detail,
    name: message?.name,
    attempts,
    settled_at: new Date(publish.receivedAt + tookMs).toISOString(),
    ...publishToJson(publish),
    receipt: receiptToJson(receipt),
  });
