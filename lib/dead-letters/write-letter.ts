import { type Receipt, receiptToJson } from '../clock/receipt.js';
import { excerpted } from '../rules/message/excerpt.js';
import { jsonBytes } from '../rules/message/json-bytes.js';
import { messageKey } from '../rules/message/message-key.js';
import { bytesOf } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { payloadJsonBytes, publishToJson } from '../rules/message/publish-json.js';
import type { DeadLettered } from '../rules/settlement.js';
import { stateFormats } from '../storage/state-formats.js';
import { shortened } from '../util/printable.js';

/** Longer names are cut: the payload or the topic has the full name. */
const maxNameCharacters = 1_000;

/** An upper bound of the fields other than topic and payload, bytes: names and details are cut. */
const otherBytes = 32_768;

/**
 * A dead letter as a line of JSON, without its newline: its `format`, why (`reason`, `detail`), when (`received_at`,
 * `settled_at`, RFC 3339), the number of calls to cvmain (`attempts`), the `name` if it was decoded, the message's `key`, and
 * the whole message, so that it can be delivered later: `topic`, `qos`, `retain`, `dup`, `payload`, or `payload_b64` if it is
 * not UTF-8. `receipt` is the time of receipt for programs, as the clock of `received_at` may have been wrong. If the line would exceed `maxBytes`, at least
 * 65,536, the topic is cut and the payload replaced by its beginning, with `payload_bytes` and `payload_sha256` of the whole:
 * then it can't be delivered. The same goes for an oversized publish, of which only the beginning was read.
 */
export const deadLetterLine = (
  letter: DeadLettered,
  receipt: Receipt,
  maxBytes = Number.POSITIVE_INFINITY,
): string => {
  const { message, reason, detail, attempts, tookMs } = letter;
  const publish = bounded(letter.publish, maxBytes);
  return JSON.stringify({
    format: stateFormats.deadLetters,
    reason,
    detail: shortened(detail, maxNameCharacters),
    name: message && shortened(message.name, maxNameCharacters),
    key: messageKey(letter.publish),
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
