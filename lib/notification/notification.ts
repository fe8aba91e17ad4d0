import * as E from 'fp-ts/lib/Either.js';
import type { Message } from '../message/decode.js';
import type { Rejection } from '../settlement.js';

/** A notification as cvmain sends it to apps. */
export interface Notification {
  readonly type: string;
  readonly vals: readonly { readonly k: string; readonly v: string }[];
}

/** What an app's buffer holds: the vendor's sample consumer reads 32,768 bytes (domain.md, "Notifications"). */
export const maxPacketBytes = 32_768;

/** Each character takes at most this many bytes of JSON: `\u0000`. */
const worstBytesPerCharacter = 6;

/**
 * The notification for a message: its type is the *full* name, which has a dash, so that it can't pass for a door or a
 * keypad event; `body_base64` stands in for `body` where that is not UTF-8 (domain.md, "Notifications"). Left is
 * `too-large`: the packet would not fit an app's buffer, and a cut one is of no use to it.
 */
export const notificationOf = (message: Message): E.Either<Rejection, Notification> => {
  const { name, integration, body, publish } = message;
  const notification = {
    type: name,
    vals: [
      { k: 'integration', v: integration },
      { k: 'message', v: message.message },
      'text' in body
        ? { k: 'body', v: body.text }
        : { k: 'body_base64', v: Buffer.from(body.bytes).toString('base64') },
      { k: 'topic', v: publish.topic },
      { k: 'dt', v: new Date(publish.receivedAt).toISOString() },
    ],
  };
  const bytes = packetBytes(notification);
  return bytes <= maxPacketBytes
    ? E.right(notification)
    : E.left({
        reason: 'too-large',
        detail: `its notification has ${bytes} bytes, more than ${maxPacketBytes}`,
      });
};

/** Bytes of the UDP packet; only measured where it may be near the bound, as most are far from it. */
const packetBytes = (notification: Notification): number => {
  const characters = notification.vals.reduce(
    (sum, { k, v }) => sum + k.length + v.length,
    notification.type.length,
  );
  const bound = (characters + 64) * worstBytesPerCharacter;
  return bound <= maxPacketBytes ? bound : Buffer.byteLength(JSON.stringify(notification));
};
