import type { Backoff } from '../../util/backoff.js';
import type { Decide } from '../routing/route.js';
import type { Settlement } from '../settlement.js';
import type { Target } from '../target.js';
import type { Decoded } from './deliverable.js';
import type { Job } from './job.js';
import type { Outcome } from './outcome.js';

/** A message that was taken out of the spool. */
export interface FromSpool {
  readonly id: number;
  /** Its publish says when it was received. */
  readonly decoded: Decoded;
}

/** What happens to a lane. */
export type LaneEvent =
  | { readonly kind: 'arrived'; readonly job: Job }
  /** It is its turn, or there is a place among the calls. */
  | { readonly kind: 'look' }
  /** It asked to be woken at this time. */
  | { readonly kind: 'time' }
  | { readonly kind: 'answered'; readonly call: Call; readonly outcome: Outcome }
  | { readonly kind: 'set-changed' }
  /** cvmain serves again, and was down. */
  | { readonly kind: 'back' }
  /** Its messages harm others: they have to go to the spool. */
  | { readonly kind: 'crowds' }
  /** What is being written is on the disk now, under these numbers. */
  | { readonly kind: 'stored'; readonly ids: readonly number[] }
  | { readonly kind: 'store-failed' }
  /** These came out of the spool; `more` are in it. */
  | { readonly kind: 'taken'; readonly found: readonly FromSpool[]; readonly more: boolean }
  | { readonly kind: 'take-failed' }
  /** The spool has messages of an earlier run for it. */
  | { readonly kind: 'found-on-disk' }
  | { readonly kind: 'stop' };

/** A notification of a job's message. */
export interface Call {
  readonly job: Job;
  readonly target: Target;
  /** All that the message goes to. */
  readonly targets: readonly Target[];
}

/** What is to be done for a lane. */
export type LaneEffect =
  /** It is to be looked at in its turn. */
  | { readonly kind: 'due' }
  | ({ readonly kind: 'call' } & Call)
  /** It waits for a place among the calls, or no longer does. */
  | { readonly kind: 'queue' }
  | { readonly kind: 'withdraw' }
  /** It is to be looked at then. */
  | { readonly kind: 'wake'; readonly at: number }
  /** A message has ended, or what the broker sent is in the spool. `job` is absent for what no job was made of. */
  | { readonly kind: 'settle'; readonly settlement: Settlement; readonly job?: Job }
  | { readonly kind: 'store'; readonly jobs: readonly Job[]; readonly pinned: Job | undefined }
  | { readonly kind: 'take'; readonly most: number }
  /** What was written had ended meanwhile. */
  | { readonly kind: 'free'; readonly id: number }
  /** The spool is to know which targets have accepted this message. */
  | { readonly kind: 'note'; readonly id: number; readonly job: Job };

/** The rules that a lane goes by; times in ms. */
export interface LaneRules {
  readonly holdUnregisteredMs: number;
  /** How many messages for unregistered integrations are held in memory, at most. */
  readonly maxHeld: number;
  /** For so long cvmain may answer calls for a message with failures while it serves others; then it counts as refused. */
  readonly giveUpAfterMs: number;
  readonly retry: Backoff;
  /** What waits in the spool for longer since its receipt is expired. */
  readonly maxAgeMs: number;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** What a lane knows of the rest. */
export interface Surroundings {
  readonly rules: LaneRules;
  readonly now: number;
  /** Undefined while no set is known. */
  readonly decide: Decide | undefined;
  /** Whether a call may be made now. */
  readonly hasSlot: boolean;
  readonly hasSpool: boolean;
  readonly stopping: boolean;
  /** When cvmain accepted a notification last. */
  readonly servedAt: number;
  /** How many messages all lanes hold for unregistered integrations. */
  held: number;
}
