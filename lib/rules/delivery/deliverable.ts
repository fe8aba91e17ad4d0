import * as E from 'fp-ts/lib/Either.js';
import { type DecodeRules, decode, type Message } from '../message/decode.js';
import type { Publish } from '../message/publish.js';
import { tooLarge } from '../notification/notification.js';
import type { Rejection } from '../rejection.js';
import type { DeadLettered } from '../settlement.js';

/** A decoded message that can be routed and sent. */
export interface Deliverable {
  readonly kind: 'deliverable';
  readonly message: Message;
}

/** Result of decoding: a deliverable message, or a dead letter. */
export type Decoded = Deliverable | DeadLettered;

/** Decodes a publish, splits its name and checks its size; reasons are those of `decode` and `tooLarge`. */
export const decodeMessage = (rules: DecodeRules): ((publish: Publish) => Decoded) => {
  const decodeBy = decode(rules);
  return (publish) => {
    const decoded = decodeBy(publish);
    if (E.isLeft(decoded)) return rejected(publish, decoded.left);
    const message = decoded.right;
    const rejection = tooLarge(message);
    return rejection === undefined ? { kind: 'deliverable', message } : rejected(publish, rejection, message);
  };
};

const rejected = (publish: Publish, rejection: Rejection, message?: Message): DeadLettered => ({
  kind: 'dead-lettered',
  publish,
  ...(message === undefined ? {} : { message }),
  ...rejection,
  attempts: 0,
  tookMs: 0,
});
