/** Rate limit for flushes: a `burst`, then one every `everyMs`. */
export interface FlushRate {
  readonly burst: number;
  readonly everyMs: number;
}

/** Remaining budget at a moment. */
export interface FlushBudget {
  readonly left: number;
  /** The last flush, monotonic, ms. */
  readonly at: number;
}

/** The full budget, before any flush. */
export const fullBudget = ({ burst }: FlushRate): FlushBudget => ({
  left: burst,
  at: Number.NEGATIVE_INFINITY,
});

/** The budget at a later time. */
const refilled = ({ burst, everyMs }: FlushRate, { left, at }: FlushBudget, now: number): FlushBudget => ({
  left: Math.min(burst, left + (now - at) / everyMs),
  at: now,
});

/** Wait before the next flush, ms. */
export const waitMs = (rate: FlushRate, budget: FlushBudget, now: number): number =>
  Math.max(0, Math.ceil((1 - refilled(rate, budget, now).left) * rate.everyMs));

/** The budget after a flush; at least 0. */
export const spent = (rate: FlushRate, budget: FlushBudget, now: number): FlushBudget => {
  const { left } = refilled(rate, budget, now);
  return { left: Math.max(0, left - 1), at: now };
};
