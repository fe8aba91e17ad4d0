/** Upper bounds of the buckets, ms. */
export const bounds = [0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const;

/** A histogram of durations with fixed buckets: adding allocates nothing. */
export class Histogram {
  readonly #counts = new Float64Array(bounds.length + 1);
  #total = 0;
  #sumMs = 0;

  get total(): number {
    return this.#total;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  /** Number of durations in each bucket; the last one has those beyond the last bound. */
  get counts(): readonly number[] {
    return [...this.#counts];
  }

  add(ms: number): void {
    let at = 0;
    while (at < bounds.length && ms > (bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
    this.#sumMs += ms;
  }

  /**
   * The bound of the bucket with the nearest-rank percentile: at least `percent` % of the durations are at or below it. Null
   * without durations, and if it is beyond the last bound.
   */
  percentile(percent: number): number | null {
    const rank = Math.ceil((percent * this.#total) / 100);
    let seen = 0;
    for (const [at, bound] of bounds.entries()) {
      seen += this.#counts[at] ?? 0;
      if (rank > 0 && seen >= rank) return bound;
    }
    return null;
  }
}
