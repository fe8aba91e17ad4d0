import { rfc3339 } from '../../util/time.js';
import type { Message } from '../message/decode.js';
import { jsonBytes } from '../message/json-bytes.js';
import type { Payload } from '../message/payload.js';
import type { Rejection } from '../rejection.js';

/** A notification as cvmain sends it to apps. */
export interface Notification {
  readonly type: string;
  readonly vals: readonly { readonly k: string; readonly v: string }[];
}

/** Size of an app's buffer, bytes: the vendor's sample consumer reads 32,768 (docs/domain.md#notifications). */
export const maxPacketBytes = 32_768;

/** Longest JSON form of a character, bytes: `\u0000`. */
const worstBytesPerCharacter = 6;

/**
 * The notification for a message. Its type is the *full* name, which has a dash and so can't be mistaken for a door or
 * keypad event; `body_base64` replaces `body` if that is not UTF-8 (docs/domain.md#notifications).
 */
export const notificationOf = ({ name, integration, message, body, publish }: Message): Notification => ({
  type: name,
  vals: [
    { k: 'integration', v: integration },
    { k: 'message', v: message },
    'text' in body
      ? { k: 'body', v: body.text }
      : { k: 'body_base64', v: Buffer.from(body.bytes).toString('base64') },
    { k: 'topic', v: publish.topic },
    { k: 'dt', v: rfc3339(publish.receivedAt) },
  ],
});

/** Size of the notification that an app receives, bytes: cvmain sends it as JSON. Computed without writing it. */
export const packetBytes = ({ name, integration, message, body, publish }: Message): number => {
  const [frame, bodyBytes] =
    'text' in body ? [textFrame, jsonBytes(body.text)] : [bytesFrame, Math.ceil(body.bytes.length / 3) * 4];
  const others = [name, integration, message, publish.topic];
  return others.reduce((bytes, text) => bytes + jsonBytes(text), frame + bodyBytes);
};

/** Size of a notification without its texts, bytes. */
const frameOf = (body: Payload): number => {
  const publish = {
    seq: 0,
    topic: '',
    payload: body,
    qos: 0,
    retain: false,
    dup: false,
    receivedAt: 0,
  } as const;
  const empty = { name: '', integration: '', message: '', body, publish, lifetimeMs: 0 };
  return Buffer.byteLength(JSON.stringify(notificationOf(empty)));
};

/** Rejects a message whose packet would exceed an app's buffer: a truncated one is useless to it. */
export const tooLarge = (message: Message): Rejection | undefined => {
  // Measured only if it may be near the bound; most are far from it.
  if ((charactersIn(message) + overhead) * worstBytesPerCharacter <= maxPacketBytes) return undefined;
  const bytes = packetBytes(message);
  return bytes <= maxPacketBytes
    ? undefined
    : { reason: 'too-large', detail: `its notification has ${bytes} bytes, more than ${maxPacketBytes}` };
};

/** Characters of a message in its notification; base64 takes four for three bytes. */
const charactersIn = ({ name, integration, message, body, publish }: Message): number =>
  name.length +
  integration.length +
  message.length +
  ('text' in body ? body.text.length : body.bytes.length * 2) +
  publish.topic.length;

/** Characters of every notification: keys, time and punctuation. */
const overhead = 200;

const textFrame = frameOf({ text: '' });
const bytesFrame = frameOf({ bytes: Buffer.alloc(0) });
