import type { Gauges } from '../../lib/status/take.js';

/** Counts what happens in the daemon. Called for each message: its methods neither allocate nor throw. */
export interface Observer {
  /** A publish was received. */
  arrived(): void;
  /** A call to cvmain ended after `ms`. */
  called(ms: number): void;
  /** The daemon runs; `gauges` is called when a snapshot is taken. */
  watch(gauges: () => Gauges): void;
}
