/** How often a disk may be flushed: `burst` times at once, and then once in `everyMs`. */
export interface FlushRate {
  readonly burst: number;
  readonly everyMs: number;
}

/** What is left of it at a moment. */
export interface FlushBudget {
  readonly left: number;
  /** Monotonic, ms. */
  readonly at: number;
}

/** All of it. */
export const fullBudget = ({ burst }: FlushRate, now: number): FlushBudget => ({ left: burst, at: now });

/** What is left later on. */
const refilled = ({ burst, everyMs }: FlushRate, { left, at }: FlushBudget, now: number): FlushBudget => ({
  left: Math.min(burst, left + (now - at) / everyMs),
  at: now,
});

/** How long the next flush has to wait, ms. */
export const waitMs = (rate: FlushRate, budget: FlushBudget, now: number): number =>
  Math.max(0, Math.ceil((1 - refilled(rate, budget, now).left) * rate.everyMs));

/** What is left after a flush; no less than nothing, also where it did not wait. */
export const spent = (rate: FlushRate, budget: FlushBudget, now: number): FlushBudget => {
  const { left } = refilled(rate, budget, now);
  return { left: Math.max(0, left - 1), at: now };
};
