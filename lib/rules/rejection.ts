/**
 * Why a message was not delivered. The list is closed: a message is notified, or has one of these reasons
 * (docs/architecture.md#steps).
 */
export const reasons = [
  'unsubscribed',
  'undecodable',
  'malformed-name',
  'reserved-name',
  'unregistered',
  'delivery-disabled',
  'too-large',
  'refused',
  'expired',
  'overflow',
] as const;

export type Reason = (typeof reasons)[number];

/** Why a message was rejected, with the detail for people. */
export interface Rejection {
  readonly reason: Reason;
  readonly detail: string;
}
