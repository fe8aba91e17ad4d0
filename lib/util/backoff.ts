/** How waiting times grow. */
export interface Backoff {
  /** The longest first wait, ms. */
  readonly baseMs: number;
  /** The longest wait of all, ms. */
  readonly capMs: number;
}

/**
 * How long to wait after the failure number `failures` (0 is the first), ms: exponential with full jitter, so that
 * thousands of units that failed at once don't come back at once. `random` gives numbers from 0 up to 1.
 */
export const backoffMs = ({ baseMs, capMs }: Backoff, failures: number, random: () => number): number =>
  Math.round(random() * Math.min(capMs, baseMs * 2 ** Math.min(failures, 30)));
