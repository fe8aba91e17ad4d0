import type { Fate } from '../mqtt/session/outbox.js';
import type { Settlement } from '../rules/settlement.js';
import { count, newTally } from '../rules/tally.js';
import { shortened } from '../util/printable.js';
import { Histogram } from './histogram.js';
import { type AppCounts, maxEntries, maxText, type Receipts } from './snapshot.js';

type Mutable<A> = { -readonly [Key in keyof A]: A[Key] };

/**
 * What is counted for each message, in place and without allocating. Only registered apps have counts of their own: names on
 * the wire are unbounded.
 */
export class Counters {
  readonly tally = newTally();
  readonly calls = new Histogram();
  #apps = new Map<string, Mutable<AppCounts>>();
  /** Undefined before the first receipt: most daemons send none. */
  receipts: Mutable<Receipts> | undefined;
  received = 0;
  retries = 0;
  /** Bytes written to the state directory. */
  bytesWritten = 0;
  lastReceivedAt: number | null = null;
  lastSettledAt: number | null = null;

  get apps(): readonly AppCounts[] {
    return [...this.#apps.values()];
  }

  /** The live set changed: apps that left lose their counts. */
  registered(names: readonly string[]): void {
    const known = this.#apps;
    this.#apps = new Map(
      names
        .slice(0, maxEntries)
        .map((name) => [
          name,
          known.get(name) ?? { name: shortened(name, maxText), notified: 0, spooled: 0, dead_letters: 0 },
        ]),
    );
  }

  /** A receipt ended. */
  receipt(fate: Fate): void {
    this.receipts ??= { published: 0, refused: 0, dropped: 0 };
    this.receipts[fate] += 1;
  }

  /** A publish was received at `now`, an uptime in ms. */
  arrived(now: number): void {
    this.received += 1;
    this.lastReceivedAt = now;
  }

  settled(settlement: Settlement, now: number): void {
    count(this.tally, settlement);
    if (settlement.attempts > 1) this.retries += settlement.attempts - 1;
    this.lastSettledAt = now;
    const app = settlement.message && this.#apps.get(settlement.message.integration);
    if (app === undefined) return;
    if (settlement.kind === 'notified') app.notified += 1;
    else if (settlement.kind === 'spooled') app.spooled += 1;
    else app.dead_letters += 1;
  }
}
