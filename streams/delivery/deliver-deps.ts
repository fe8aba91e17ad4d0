import type { Observable, SchedulerLike } from 'rxjs';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Message } from '../../lib/rules/message/decode.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Policy } from '../../lib/rules/routing/route.js';
import type { Target } from '../../lib/rules/target.js';
import type { Backoff } from '../../lib/util/backoff.js';
import type { SpoolPort, SpoolRules } from '../spool/spool-port.js';

/**
 * One call to cvmain: `done` is told its outcome, once, at once or later; what is returned cancels it. A function and no
 * Observable, as it is called for every message.
 */
export type Notify = (message: Message, target: Target, done: (outcome: Outcome) => void) => () => void;

/** What delivery stands on. Times are in ms. */
export interface DeliverDeps {
  /** The live set; nothing is decided before its first value. */
  readonly integrations$: Observable<IntegrationSet>;
  readonly policy: Policy;
  readonly notify: Notify;
  /** Emits once when cvmain serves: how many probes failed before. Subscribed to after an `away`, one at a time. */
  readonly whenServing$: Observable<number>;
  /**
   * The first value ends delivery: calls in flight are finished, and what is half delivered; what waits in front of a message
   * that was sent is spooled, where there is a spool; the rest stays unsettled.
   */
  readonly stop$: Observable<unknown>;
  readonly holdUnregisteredMs: number;
  /** How many messages for unregistered integrations are held, at most. */
  readonly maxHeld: number;
  /** How many QoS 0 messages may wait here; those of QoS 1 are bounded by the broker's window. */
  readonly maxWaitingQos0: number;
  readonly callsInFlight: number;
  /** For so long cvmain may answer calls for a message with failures while it serves others; then it counts as refused. */
  readonly giveUpAfterMs: number;
  /** Where what is stuck waits, if there is such a place. */
  readonly spool?: { readonly spool: SpoolPort; readonly rules: SpoolRules } | undefined;
  readonly retry: Backoff;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}
