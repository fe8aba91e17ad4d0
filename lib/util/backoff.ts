/** The bounds of an exponential backoff. */
export interface Backoff {
  /** The maximum of the first wait, ms. */
  readonly baseMs: number;
  /** The maximum of any wait, ms. */
  readonly capMs: number;
}

/**
 * How long to wait after failure number `failures` (0 is the first), ms. Exponential with full jitter, so that thousands of
 * units that failed at the same time don't retry at the same time. `random` returns numbers from 0 to below 1.
 */
export const backoffMs = ({ baseMs, capMs }: Backoff, failures: number, random: () => number): number =>
  Math.round(random() * Math.min(capMs, baseMs * 2 ** Math.min(failures, 30)));
