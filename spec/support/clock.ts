import type { Clock } from '../../lib/clock/clock.js';
import { type Receipt, receiptOf } from '../../lib/clock/receipt.js';

/** What the clocks of a spec show; a spec changes it as time passes. */
export interface Hands {
  boot: string;
  uptimeMs: number;
  wallMs: number;
  isSynchronised: boolean;
}

/** A clock that a spec controls: it shows the same time until its hands are moved. */
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

/** The receipt at this uptime, 0 by default, in the first boot of {@link clockWith}. */
export const receiptAt = (uptimeMs = 0): Receipt => receiptOf(clockWith({ uptimeMs }).clock, uptimeMs);
