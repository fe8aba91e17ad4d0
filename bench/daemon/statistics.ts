/** The value at quantile `share` (0 to 1), by nearest rank; NaN for an empty list. */
export const quantile = (values: ArrayLike<number>, share: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

/** The median: for an even number, the mean of the middle two; NaN for an empty list. */
export const median = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
};

/** Ratios of the pairs. Values without a partner are left out. */
export const ratios = (ours: readonly number[], theirs: readonly number[]): readonly number[] =>
  ours.flatMap((value, at) => {
    const other = theirs[at];
    return other === undefined ? [] : [value / other];
  });
