import * as E from 'fp-ts/lib/Either.js';
import { type Notification, notificationOf } from '../rules/notification/notification.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import { type Policy, route } from '../rules/routing/route.js';
import type { DeadLettered, Notified } from '../rules/settlement.js';

/** One UDP packet to an app: the notification, sent as JSON, and its `host:port`. */
export interface Delivery {
  readonly to: string;
  readonly notification: Notification;
}

/** The packets of a notified message, in the order of its calls; none for a dead letter. */
export const deliveries = (
  policy: Policy,
  set: IntegrationSet,
  settlement: Notified | DeadLettered,
  notifier: string,
): readonly Delivery[] => {
  if (settlement.kind === 'dead-lettered') return [];
  const { message } = settlement;
  const decision = route(set, policy)(message);
  if (E.isLeft(decision)) return [];
  const notification = notificationOf(message);
  return decision.right.targets.map((target) => ({
    to: target.kind === 'notifier' ? notifier : target.sendAddr,
    notification,
  }));
};
