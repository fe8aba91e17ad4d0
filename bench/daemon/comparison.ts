import { median, ratios } from './statistics.js';

/** What is promised: of the ratio, or of the value itself. */
export type Floor =
  | { readonly of: 'ratio' | 'value'; readonly least: number }
  | { readonly of: 'ratio' | 'value'; readonly most: number };

/** Something that was measured, on both sides in turns. */
export interface Row {
  readonly measure: string;
  readonly unit: string;
  readonly ours: readonly number[];
  /** Empty where there is nothing to compare with. */
  readonly theirs: readonly number[];
  readonly floors?: readonly Floor[];
}

/** Rows of which both sides are the same. */
export interface Comparison {
  readonly title: string;
  readonly ours: string;
  readonly theirs: string;
  readonly rows: readonly Row[];
  /** What else was seen, to judge the figures by. */
  readonly notes?: readonly string[];
}

/** Whether the median keeps what is promised. */
export const holds = ({ ours, theirs }: Row, floor: Floor): boolean => {
  const value = median(floor.of === 'ratio' ? ratios(ours, theirs) : ours);
  return 'least' in floor ? value >= floor.least : value <= floor.most;
};

/** A pair of runs: one of ours, one of theirs, which of them first by turns. */
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
