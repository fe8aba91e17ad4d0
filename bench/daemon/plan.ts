/** How much is measured. */
export interface Plan {
  /** How often each pair is run. */
  readonly pairs: number;
  /** Messages of a run: where most is looked at, and elsewhere. */
  readonly messages: { readonly main: number; readonly other: number };
  /** Of each rate, s. */
  readonly latencyS: { readonly warmUp: number; readonly measured: number };
  readonly startPairs: number;
  /** How long a program rests before its idleness is measured, s, and for how long that is. */
  readonly restS: number;
  readonly idleS: number;
  /** Messages that wait at the broker. */
  readonly backlog: number;
  readonly routed: number;
  readonly replayed: number;
}

/** All of it, in about half an hour. */
export const full: Plan = {
  pairs: 5,
  messages: { main: 60_000, other: 20_000 },
  latencyS: { warmUp: 1, measured: 4 },
  startPairs: 15,
  // Ours pings twice in so long.
  restS: 280,
  idleS: 585,
  backlog: 1_000_000,
  routed: 1_000_000,
  replayed: 1_000_000,
};

/** To see whether it works: its figures say little. */
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
