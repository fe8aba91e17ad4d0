import type { Target } from '../notification/target.js';
import type { Rejection, Settlement } from '../settlement.js';
import type { Deliverable } from './deliverable.js';

/** A message on its way to an integration. Times are the scheduler's, ms. */
export interface Job {
  readonly deliverable: Deliverable;
  readonly arrivedAt: number;
  /** From here on it is `expired`. */
  readonly expiresAt: number;
  /** The targets that accepted it: a retry must not notify them again. */
  readonly accepted: Set<Target['kind']>;
  attempts: number;
  failures: number;
}

/** A job that has not been tried. */
export const newJob = (deliverable: Deliverable, now: number): Job => ({
  deliverable,
  arrivedAt: now,
  expiresAt: now + (deliverable.message.lifetimeMs ?? Number.POSITIVE_INFINITY),
  accepted: new Set(),
  attempts: 0,
  failures: 0,
});

/** The job's end: notified, or dead-lettered for the reason of the rejection. */
export const settled = (job: Job, now: number, rejection?: Rejection): Settlement => {
  const { message } = job.deliverable;
  const facts = { publish: message.publish, message, attempts: job.attempts, tookMs: now - job.arrivedAt };
  return rejection === undefined
    ? { kind: 'notified', ...facts }
    : { kind: 'dead-lettered', ...facts, reason: rejection.reason, detail: rejection.detail };
};

/**
 * What a lane is doing: `due` for a look at its first message, or waiting `for-set` (no set is known yet),
 * `for-registration` of its integration, `for-slot` among the calls in flight, `for-answer` of a call, `for-retry`.
 */
export type LaneState = 'due' | 'for-set' | 'for-registration' | 'for-slot' | 'for-answer' | 'for-retry';

/** The messages for one integration, in order of receipt. It exists for as long as it holds any (design.md, decision 6). */
export interface Lane {
  readonly integration: string;
  readonly jobs: Job[];
  state: LaneState;
  /** Since when the integration is known to be unregistered. */
  heldSince?: number | undefined;
  /** What it waits for besides events. */
  timer?: { unsubscribe(): void } | undefined;
}

/** A lane with its first message. */
export const newLane = (job: Job): Lane => ({
  integration: job.deliverable.message.integration,
  jobs: [job],
  state: 'due',
});
