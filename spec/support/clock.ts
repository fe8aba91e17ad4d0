import type { Clock } from '../../lib/clock/clock.js';
import { type Receipt, receiptOf } from '../../lib/clock/receipt.js';

/** What the clocks of a spec read: set as time goes by. */
export interface Hands {
  boot: string;
  uptimeMs: number;
  wallMs: number;
  isSynchronised: boolean;
}

/** A clock in the hands of a spec: it stands still until they are moved. */
export const clockWith = (given: Partial<Hands> = {}): { readonly clock: Clock; readonly hands: Hands } => {
  const hands: Hands = { boot: 'this boot', uptimeMs: 0, wallMs: 0, isSynchronised: false, ...given };
  const clock: Clock = {
    get boot() {
      return hands.boot;
    },
    uptimeMs: () => hands.uptimeMs,
    wallMs: () => hands.wallMs,
    isSynchronised: () => hands.isSynchronised,
  };
  return { clock, hands };
};

/** The receipt of what was received at this uptime, 0 by default, of the boot that {@link clockWith} begins with. */
export const receiptAt = (uptimeMs = 0): Receipt => receiptOf(clockWith({ uptimeMs }).clock, uptimeMs);
