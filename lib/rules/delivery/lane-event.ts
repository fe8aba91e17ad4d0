import type { Backoff } from '../../util/backoff.js';
import type { Decide } from '../routing/route.js';
import type { Settlement } from '../settlement.js';
import type { Target } from '../target.js';
import type { Decoded } from './deliverable.js';
import type { Job } from './job.js';
import type { Outcome } from './outcome.js';

/** A message read from the spool. */
export interface FromSpool {
  readonly id: number;
  /** Its publish has the time of receipt. */
  readonly decoded: Decoded;
}

/** Events of a lane. */
export type LaneEvent =
  | { readonly kind: 'arrived'; readonly job: Job }
  /** Its turn has come, or a slot is free. */
  | { readonly kind: 'look' }
  /** The time of its `wake` has come. */
  | { readonly kind: 'time' }
  | { readonly kind: 'answered'; readonly call: Call; readonly outcome: Outcome }
  | { readonly kind: 'set-changed' }
  /** cvmain is back. */
  | { readonly kind: 'back' }
  /** Its messages hold up others: spool them. */
  | { readonly kind: 'must-spool' }
  /** The messages being written are on the disk, under these ids. */
  | { readonly kind: 'stored'; readonly ids: readonly number[] }
  | { readonly kind: 'store-failed' }
  /** Messages read from the spool; `more` are in it. */
  | { readonly kind: 'taken'; readonly found: readonly FromSpool[]; readonly more: boolean }
  | { readonly kind: 'take-failed' }
  /** The spool has messages of an earlier run for this lane. */
  | { readonly kind: 'found-on-disk' }
  | { readonly kind: 'stop' };

/** A call for one target of a job. */
export interface Call {
  readonly job: Job;
  readonly target: Target;
  /** All targets of the message. */
  readonly targets: readonly Target[];
}

/** Effects of a step. */
export type LaneEffect =
  /** Look at the lane in its turn. */
  | { readonly kind: 'due' }
  | ({ readonly kind: 'call' } & Call)
  /** Queue for a slot, or leave the queue. */
  | { readonly kind: 'queue' }
  | { readonly kind: 'withdraw' }
  /** Look at the lane at this time. */
  | { readonly kind: 'wake'; readonly at: number }
  /** A message is settled, or its broker copy is spooled. `job` is absent if none was made. */
  | { readonly kind: 'settle'; readonly settlement: Settlement; readonly job?: Job }
  | { readonly kind: 'store'; readonly jobs: readonly Job[]; readonly pinned: Job | undefined }
  | { readonly kind: 'take'; readonly most: number }
  /** A written message was settled meanwhile. */
  | { readonly kind: 'free'; readonly id: number }
  /** Note in the spool which targets have accepted this message. */
  | { readonly kind: 'note'; readonly id: number; readonly job: Job };

/** Rules of lanes; times in ms. */
export interface LaneRules {
  readonly holdUnregisteredMs: number;
  /** Maximum number of messages for unregistered integrations in memory. */
  readonly maxHeld: number;
  /** How long cvmain may fail calls for a message while it accepts others; then the message is refused. */
  readonly giveUpAfterMs: number;
  readonly retry: Backoff;
  /** Maximum age in the spool since receipt; then the message is expired. */
  readonly maxAgeMs: number;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** State outside the lane. */
export interface Surroundings {
  readonly rules: LaneRules;
  readonly now: number;
  /** Undefined until the live set is known. */
  readonly decide: Decide | undefined;
  /** True if a call may be made now. */
  readonly hasSlot: boolean;
  readonly hasSpool: boolean;
  readonly stopping: boolean;
  /** Time of the last accepted notification. */
  readonly servedAt: number;
  /** Number of messages for unregistered integrations in all lanes. */
  held: number;
}
