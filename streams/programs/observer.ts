import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Message } from '../../lib/rules/message/decode.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { Target } from '../../lib/rules/target.js';
import type { Gauges } from '../../lib/status/take.js';

/** Counts what happens in the daemon. Called for each message: its methods neither allocate nor throw. */
export interface Observer {
  /** A publish was received. */
  arrived(publish: Publish): void;
  /** A call to cvmain ended after `ms`. */
  called(ms: number, outcome: Outcome, message: Message, target: Target): void;
  /** The daemon runs; `gauges` is called when a snapshot is taken. */
  watch(gauges: () => Gauges): void;
}
