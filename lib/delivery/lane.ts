import type { Target } from '../notification/target.js';
import type { Rejection, Settlement } from '../settlement.js';
import type { Deliverable } from './deliverable.js';

/** A message that the broker waits for. */
export interface Waiting {
  readonly lane: Lane;
  isSettled: boolean;
}

/** A message on its way to an integration. Times are the scheduler's, ms. */
export interface Job {
  /** Once it is spooled, its publish is the spool's: the broker's is settled. */
  deliverable: Deliverable;
  readonly arrivedAt: number;
  /** From here on it is `expired`. */
  readonly expiresAt: number;
  /** Which targets accepted it: a retry must not notify them again. */
  readonly accepted: Record<Target['kind'], boolean>;
  attempts: number;
  failures: number;
  /** While the broker waits for it, and that is kept account of. */
  waiting: Waiting | undefined;
  /** It is over, whatever its lane still has to note of it. */
  ended: boolean;
  /** Its number in the spool, when it is there. */
  spoolId?: number;
}

/** A job that has not been tried; `now` counts as its receipt where its publish says no other time. */
export const newJob = (
  deliverable: Deliverable,
  now: number,
  arrivedAt = deliverable.message.publish.arrivedAt ?? now,
): Job => ({
  deliverable,
  arrivedAt,
  expiresAt: arrivedAt + deliverable.message.lifetimeMs,
  accepted: { notifier: false, external: false },
  attempts: 0,
  failures: 0,
  waiting: undefined,
  ended: false,
});

/** What the broker is told of a job that is on the disk; from now on the job is the spool's, under this number. */
export const spooled = (job: Job, now: number, spoolId: number): Settlement => {
  const { deliverable, arrivedAt, attempts } = job;
  const { message } = deliverable;
  const publish = { ...message.publish, seq: -spoolId };
  job.spoolId = spoolId;
  job.deliverable = { ...deliverable, message: { ...message, publish } };
  return { kind: 'spooled', publish: message.publish, message, attempts, tookMs: now - arrivedAt };
};

/** Whether one of its targets has accepted it. */
export const halfDelivered = ({ accepted }: Job): boolean => accepted.notifier || accepted.external;

/** The job's end: notified, or dead-lettered for the reason of the rejection. */
export const settled = (job: Job, now: number, rejection?: Rejection): Settlement => {
  const { message } = job.deliverable;
  const { publish } = message;
  const { attempts } = job;
  const tookMs = now - job.arrivedAt;
  if (rejection === undefined) return { kind: 'notified', publish, message, attempts, tookMs };
  const { reason, detail } = rejection;
  return { kind: 'dead-lettered', publish, message, reason, detail, attempts, tookMs };
};

/**
 * What a lane is doing: `due` for a look at its first message, or waiting `for-set` (no set is known yet),
 * `for-registration` of its integration, `for-slot` among the calls in flight, `for-answer` of a call, `for-retry`,
 * `for-disk`: its messages are being written to the spool, or read from it.
 */
export type LaneState =
  | 'due'
  | 'for-set'
  | 'for-registration'
  | 'for-slot'
  | 'for-answer'
  | 'for-retry'
  | 'for-disk';

/** The messages for one integration, in order of receipt. It exists for as long as it holds any (design.md, decision 6). */
export interface Lane {
  readonly integration: string;
  readonly jobs: Job[];
  /** Behind its messages in the spool: those that are not written there yet. */
  readonly tail: Job[];
  /** Since when none of its messages ended. */
  progressAt: number;
  /** What is being written to the spool: all of it but `kept`, its tail, or nothing. */
  storing: 'all' | 'tail' | 'no';
  /** Its next messages are being read from the spool. */
  reading: boolean;
  /** The message that stays in memory while all is written. */
  kept?: Job | undefined;
  state: LaneState;
  /** Since when the integration is known to be unregistered. */
  heldSince?: number | undefined;
  /** What it waits for besides events. */
  timer?: { unsubscribe(): void } | undefined;
  /** Cancels the call that it waits for. */
  cancel?: (() => void) | undefined;
}

/** A lane that waits to be looked at. */
export const newLane = (integration: string, now: number): Lane => ({
  integration,
  jobs: [],
  tail: [],
  progressAt: now,
  storing: 'no',
  reading: false,
  state: 'due',
});
