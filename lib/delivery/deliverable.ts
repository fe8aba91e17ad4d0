import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type DecodeRules, decode, type Message } from '../message/decode.js';
import type { Publish } from '../message/publish.js';
import { type Notification, notificationOf } from '../notification/notification.js';
import type { DeadLettered, Rejection } from '../settlement.js';

/** A message that is fit to be routed and sent. */
export interface Deliverable {
  readonly kind: 'deliverable';
  readonly message: Message;
  readonly notification: Notification;
}

/** What a publish turns out to be at first sight: fit for delivery, or at its end already. */
export type Understood = Deliverable | DeadLettered;

/** Decodes a publish and makes its notification; the reasons are those of `decode` and `notificationOf`. */
export const understand =
  (rules: DecodeRules) =>
  (publish: Publish): Understood =>
    pipe(
      decode(rules)(publish),
      E.matchW(
        (rejection) => rejected(publish, rejection),
        (message) =>
          pipe(
            notificationOf(message),
            E.matchW(
              (rejection): Understood => rejected(publish, rejection, message),
              (notification): Understood => ({ kind: 'deliverable', message, notification }),
            ),
          ),
      ),
    );

const rejected = (publish: Publish, rejection: Rejection, message?: Message): DeadLettered => ({
  kind: 'dead-lettered',
  publish,
  ...(message === undefined ? {} : { message }),
  ...rejection,
  attempts: 0,
  tookMs: 0,
});
