/** The value that so much (0 to 1) of the values are below or at, by nearest rank; NaN for none. */
export const quantile = (values: ArrayLike<number>, share: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

/** The middle value; the mean of the two in the middle of an even number of them; NaN for none. */
export const median = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
};

/** The first of each pair divided by the second. What has no partner is left out. */
export const ratios = (ours: readonly number[], theirs: readonly number[]): readonly number[] =>
  ours.flatMap((value, at) => {
    const other = theirs[at];
    return other === undefined ? [] : [value / other];
  });
