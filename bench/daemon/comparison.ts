import { median, ratios } from './statistics.js';

/** A promised bound, on the ratio or on our value. */
export type Bound =
  | { readonly of: 'ratio' | 'value'; readonly least: number }
  | { readonly of: 'ratio' | 'value'; readonly most: number };

/** A measure, with the values of both sides in alternating runs. */
export interface Row {
  readonly measure: string;
  readonly unit: string;
  readonly ours: readonly number[];
  /** Empty if there is nothing to compare with. */
  readonly theirs: readonly number[];
  readonly bounds?: readonly Bound[];
}

/** Measures of the same two programs. */
export interface Comparison {
  readonly title: string;
  readonly ours: string;
  readonly theirs: string;
  readonly rows: readonly Row[];
  /** Further observations for reading the figures. */
  readonly notes?: readonly string[];
}

/** True if the median keeps the promised bound. */
export const holds = ({ ours, theirs }: Row, bound: Bound): boolean => {
  const value = median(bound.of === 'ratio' ? ratios(ours, theirs) : ours);
  return 'least' in bound ? value >= bound.least : value <= bound.most;
};

/** Runs both sides `pairs` times; which one runs first alternates. */
export const inTurns = async <A>(
  pairs: number,
  ours: () => Promise<A>,
  theirs: () => Promise<A>,
): Promise<{ readonly ours: readonly A[]; readonly theirs: readonly A[] }> => {
  const runs: { ours: A[]; theirs: A[] } = { ours: [], theirs: [] };
  for (let pair = 0; pair < pairs; pair += 1) {
    const sides = [async () => runs.ours.push(await ours()), async () => runs.theirs.push(await theirs())];
    for (const side of pair % 2 === 0 ? sides : sides.reverse()) await side();
  }
  return runs;
};
