/** Sizes of the measures. */
export interface Plan {
  /** Number of runs of each pair. */
  readonly pairs: number;
  /** Messages per run: for the main measure, and for the others. */
  readonly messages: { readonly main: number; readonly other: number };
  /** Duration of each rate, s. */
  readonly latencyS: { readonly warmUp: number; readonly measured: number };
  readonly startPairs: number;
  /** Rest before idle is measured, and the measured period, s. */
  readonly restS: number;
  readonly idleS: number;
  /** Messages queued at the broker. */
  readonly backlog: number;
  readonly routed: number;
  readonly replayed: number;
}

/** The full measures, about half an hour. */
export const full: Plan = {
  pairs: 5,
  messages: { main: 60_000, other: 20_000 },
  latencyS: { warmUp: 1, measured: 4 },
  startPairs: 15,
  // The daemon pings twice in this time.
  restS: 280,
  idleS: 585,
  backlog: 1_000_000,
  routed: 1_000_000,
  replayed: 1_000_000,
};

/** A quick check that the measures work; its figures mean little. */
export const quick: Plan = {
  pairs: 2,
  messages: { main: 10_000, other: 5_000 },
  latencyS: { warmUp: 1, measured: 2 },
  startPairs: 3,
  restS: 1,
  idleS: 5,
  backlog: 50_000,
  routed: 100_000,
  replayed: 50_000,
};
