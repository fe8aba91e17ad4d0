import type { Target } from '../lib/rules/target.js';
import type { Sent } from './ledger.js';

/** The order of first notifications, for each app and target. */
export class Order {
  readonly #latest = new Map<string, { readonly order: number; readonly name: string }>();

  /** A message is notified for the first time; the one that was received after it and notified before, if any. */
  notified(sent: Sent, target: Target['kind']): string | undefined {
    const key = keyOf(sent, target);
    const latest = this.#latest.get(key);
    if (latest !== undefined && latest.order >= sent.order) return latest.name;
    this.#latest.set(key, { order: sent.order, name: sent.name });
    return undefined;
  }

  /** True if a later message was notified before this one. */
  isPast(sent: Sent, target: Target['kind']): boolean {
    const latest = this.#latest.get(keyOf(sent, target));
    return latest !== undefined && latest.order > sent.order;
  }
}

/** Messages sent before the spool could be opened overtake those in it (docs/faults.md). */
const keyOf = ({ send: { to }, isEarly }: Sent, target: Target['kind']): string =>
  `${to} ${target}${isEarly ? ' early' : ''}`;
