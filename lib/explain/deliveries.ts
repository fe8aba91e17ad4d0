import * as E from 'fp-ts/lib/Either.js';
import { type Notification, notificationOf } from '../rules/notification/notification.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import { type Policy, route } from '../rules/routing/route.js';
import type { DeadLettered, Notified } from '../rules/settlement.js';

/** What reaches an app: one UDP packet, the notification as JSON, at this `host:port`. */
export interface Delivery {
  readonly to: string;
  readonly notification: Notification;
}

/** The packets of a message that was notified, in the order of its calls; none of one that was not. */
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
