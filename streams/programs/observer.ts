import type { Fate } from '../../lib/mqtt/session/outbox.js';
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
  /** A receipt ended. */
  receipt?(fate: Fate): void;
  /** The daemon runs; `gauges` is called when a snapshot is taken. */
  watch(gauges: () => Gauges): void;
}

/** Several observers as one. */
export const observers = (...all: readonly Observer[]): Observer => ({
  arrived: (publish) => {
    for (const each of all) each.arrived(publish);
  },
  called: (ms, outcome, message, target) => {
    for (const each of all) each.called(ms, outcome, message, target);
  },
  watch: (gauges) => {
    for (const each of all) each.watch(gauges);
  },
});
