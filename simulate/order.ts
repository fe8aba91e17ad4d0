import type { Target } from '../lib/rules/target.js';
import type { Sent } from './ledger.js';

/** The order of first notifications, for each app and target. */
export class Order {
  readonly #latest = new Map<string, { readonly order: number; readonly name: string }>();

  /** A message is notified for the first time; the one that was received after it and notified before, if any. */
  notified(sent: Sent, target: Target['kind']): string | undefined {
    // What was sent before the spool could be opened overtakes what is in it (docs/faults.md).
    const key = `${sent.send.to} ${target}${sent.isEarly ? ' early' : ''}`;
    const latest = this.#latest.get(key);
    if (latest !== undefined && latest.order >= sent.order) return latest.name;
    this.#latest.set(key, { order: sent.order, name: sent.name });
    return undefined;
  }
}
