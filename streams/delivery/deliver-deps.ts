import type { Observable, SchedulerLike } from 'rxjs';
import type { Held, Released } from '../../lib/rules/delivery/hold.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Message } from '../../lib/rules/message/decode.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Policy } from '../../lib/rules/routing/route.js';
import type { Target } from '../../lib/rules/target.js';
import type { Backoff } from '../../lib/util/backoff.js';
import type { SpoolPort, SpoolRules } from '../spool/spool-port.js';

/**
 * Makes one call to cvmain. `done` gets its outcome exactly once, synchronously or later; the returned function
 * cancels the call. A plain function rather than an Observable, because it runs for every message.
 */
export type Notify = (message: Message, target: Target, done: (outcome: Outcome) => void) => () => void;

/** Dependencies of delivery. Times are in ms. */
export interface DeliverDeps {
  /** The live set. Nothing is decided before its first value. */
  readonly integrations$: Observable<IntegrationSet>;
  readonly policy: Policy;
  readonly notify: Notify;
  /**
   * Emits once when cvmain serves: the number of probes that failed before. Subscribed to after an `away`, one
   * subscription at a time.
   */
  readonly whenServing$: Observable<number>;
  /**
   * The first value stops delivery: calls in flight and half-delivered messages are finished; messages queued ahead
   * of one that was already sent are spooled if there is a spool; the rest stays unsettled.
   */
  readonly stop$: Observable<unknown>;
  readonly holdUnregisteredMs: number;
  /** Maximum number of held messages for unregistered integrations. */
  readonly maxHeld: number;
  /** Maximum number of waiting QoS 0 messages. The window of the broker bounds those of QoS 1. */
  readonly maxWaitingQos0: number;
  readonly callsInFlight: number;
  /**
   * How long cvmain may keep answering the calls of a message with failures while it serves others. After that the
   * message is refused.
   */
  readonly giveUpAfterMs: number;
  /** The spool, if there is one. */
  readonly spool?: { readonly spool: SpoolPort; readonly rules: SpoolRules } | undefined;
  /** Gets a view of the lanes with messages, once, to look at while delivery runs. */
  readonly inspect?: (lanes: () => readonly Lane[]) => void;
  /** Gets the beginning of each hold, and its end if the app has registered. */
  readonly holds?: (event: Held | Released) => void;
  readonly retry: Backoff;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}
