import { type Receipt, receiptToJson } from '../clock/receipt.js';
import { excerpted } from '../rules/message/excerpt.js';
import { jsonBytes } from '../rules/message/json-bytes.js';
import { bytesOf } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { payloadJsonBytes, publishToJson } from '../rules/message/publish-json.js';
import type { DeadLettered } from '../rules/settlement.js';
import { shortened } from '../util/printable.js';

/** A name is a label here: the payload or the topic has it in full. */
const maxNameCharacters = 1_000;

/** More than the fields of a letter take beside its topic and payload, bytes: names and details are short. */
const otherBytes = 32_768;

/**
 * A dead letter as a line of JSON, without its end: why (`reason`, `detail`), when (`received_at`, `settled_at`, RFC 3339),
 * how often cvmain was called (`attempts`), the `name` as far as it was understood, and the message in full, so that it can
 * be delivered later: `topic`, `qos`, `retain`, `dup`, `payload`, or `payload_b64` where the bytes are not UTF-8. `receipt`
 * is when it was received for programs: the clock of `received_at` may have been wrong. Where the line would have more than
 * `maxBytes`, at least 65,536, the payload is the beginning of one with `payload_bytes` and `payload_sha256`, as it is where no
 * more came in, and the topic is cut: it can't be delivered.
 */
export const deadLetterLine = (
  letter: DeadLettered,
  receipt: Receipt,
  maxBytes = Number.POSITIVE_INFINITY,
): string => {
  const { message, reason, detail, attempts, tookMs } = letter;
  const publish = bounded(letter.publish, maxBytes);
  return JSON.stringify({
    reason,
    detail: shortened(detail, maxNameCharacters),
    name: message && shortened(message.name, maxNameCharacters),
    attempts,
    settled_at: new Date(publish.receivedAt + tookMs).toISOString(),
    ...publishToJson(publish),
    receipt: receiptToJson(receipt),
  });
};

const bounded = (publish: Publish, maxBytes: number): Publish => {
  const bytes = jsonBytes(publish.topic) + payloadJsonBytes(publish.payload) + otherBytes;
  if (bytes <= maxBytes) return publish;
  const cut =
    publish.oversized === undefined ? { ...publish, ...excerpted(bytesOf(publish.payload)) } : publish;
  return { ...cut, topic: shortened(publish.topic, maxNameCharacters) };
};
