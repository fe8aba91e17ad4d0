import type { Reason } from '../rules/rejection.js';
import { plural } from '../util/plural.js';

/** How a message ended in a run. */
export interface End {
  /** Arrival, ms since the start of the run. */
  readonly atMs: number;
  readonly receivedAt: number;
  readonly key: string;
  readonly topic: string;
  readonly name?: string;
  readonly end: 'notified' | Reason;
  readonly detail?: string;
  readonly tookMs: number;
}

/** A message that ends otherwise in the second run, or is in one of them only. */
export interface Otherwise {
  readonly first?: End;
  readonly second?: End;
}

/**
 * Compares how messages end in two runs. A message is known by its key and, among equal ones, by the order of arrival, so the
 * runs may be of two captures.
 */
export class Comparison {
  readonly #first = new Map<string, End>();
  readonly #otherwise: Otherwise[] = [];

  /** Takes a message of the first run; `id` is from {@link arrivals}. */
  first(id: string, end: End): void {
    this.#first.set(id, end);
  }

  /** Takes a message of the second run, after all of the first. */
  second(id: string, second: End): void {
    const first = this.#first.get(id);
    this.#first.delete(id);
    if (first?.end !== second.end) this.#otherwise.push(first === undefined ? { second } : { first, second });
  }

  /** The messages that end otherwise, in order of arrival. */
  result(): readonly Otherwise[] {
    const missing = [...this.#first.values()].map((first) => ({ first }));
    return [...this.#otherwise, ...missing].sort((one, other) => atOf(one) - atOf(other));
  }
}

const atOf = ({ first, second }: Otherwise): number => (first ?? second)?.atMs ?? 0;

/** Names the messages of a run, in order of arrival: the key, and which of the equal ones it is. */
export const arrivals = (): ((key: string) => string) => {
  const seen = new Map<string, number>();
  return (key) => {
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return `${key} ${times}`;
  };
};

/**
 * How many messages end otherwise, by both ends, most first: `3 of 505 messages end otherwise: 2 unregistered → notified, …`.
 * `inFirst`: the number of messages in the first run; those that are only in the second count too.
 */
export const comparisonSummary = (otherwise: readonly Otherwise[], inFirst: number): string => {
  const messages = inFirst + otherwise.filter(({ first }) => first === undefined).length;
  const counts = new Map<string, number>();
  for (const { first, second } of otherwise) {
    const change = `${first?.end ?? 'missing'} → ${second?.end ?? 'missing'}`;
    counts.set(change, (counts.get(change) ?? 0) + 1);
  }
  const changes = [...counts].sort(([, one], [, other]) => other - one);
  const listed = changes.map(([change, count]) => `${count} ${change}`).join(', ');
  const end = otherwise.length === 1 || messages === 1 ? 'ends' : 'end';
  return `${otherwise.length} of ${plural(messages, 'message')} ${end} otherwise${listed === '' ? '' : `: ${listed}`}`;
};
