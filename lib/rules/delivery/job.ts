import type { Rejection } from '../rejection.js';
import type { Settlement } from '../settlement.js';
import type { Target } from '../target.js';
import type { Deliverable } from './deliverable.js';

/** Entry of an unacknowledged message in `Fairness`. */
export interface Ticket {
  readonly lane: { unacknowledged: number };
  isSettled: boolean;
}

/** A message on its way to an integration; times in ms by the pipeline's clock. */
export interface Job {
  /** Once spooled, its publish is that of the spool; the broker's is settled. */
  deliverable: Deliverable;
  readonly arrivedAt: number;
  /** It is `expired` from this time on. */
  expiresAt: number;
  /** Number of calls to cvmain. */
  attempts: number;
  /** Number of calls that failed and can be retried. */
  failures: number;
  /** How long cvmain has answered its calls with failures. */
  failedMs: number;
  /** Time of the last failure, if no other outcome followed. */
  failedAt: number | undefined;
  /** Set while `Fairness` counts it as unacknowledged. */
  ticket: Ticket | undefined;
  /** Settled, even if its lane still has notes to write. */
  ended: boolean;
  isBeingWritten: boolean;
  /** Its id in the spool, if it is there. */
  spoolId: number | undefined;
  /** Number of accepted targets that the spool knows of. */
  noted: number;
}

/** A new job; `now` counts as receipt if its publish has no time. */
export const newJob = (deliverable: Deliverable, now: number, spoolId?: number): Job => {
  const arrivedAt = deliverable.message.publish.arrivedAt ?? now;
  return {
    deliverable,
    arrivedAt,
    expiresAt: arrivedAt + deliverable.message.lifetimeMs,
    attempts: 0,
    failures: 0,
    failedMs: 0,
    failedAt: undefined,
    ticket: undefined,
    ended: false,
    isBeingWritten: false,
    spoolId,
    noted: deliverable.message.publish.accepted?.length ?? 0,
  };
};

/** True if this target has accepted it: a retry must not notify it again. */
export const hasAccepted = ({ deliverable }: Job, kind: Target['kind']): boolean =>
  deliverable.message.publish.accepted?.includes(kind) ?? false;

/** True if some of its targets have accepted it, but not all. */
export const isHalfDelivered = ({ deliverable }: Job): boolean =>
  deliverable.message.publish.accepted !== undefined;

/** Records that a target has accepted it. */
export const accept = (job: Job, kind: Target['kind']): void => {
  const { deliverable } = job;
  const { message } = deliverable;
  const { publish } = message;
  const accepted = [...(publish.accepted ?? []), kind];
  job.deliverable = { ...deliverable, message: { ...message, publish: { ...publish, accepted } } };
};

/**
 * Settlement of the broker's publish once it is on the disk; from now on the job is that of the spool, under this id.
 */
export const spooled = (job: Job, now: number, spoolId: number): Settlement => {
  const { deliverable, arrivedAt, attempts } = job;
  const { message } = deliverable;
  const publish = { ...message.publish, seq: -spoolId };
  job.spoolId = spoolId;
  job.deliverable = { ...deliverable, message: { ...message, publish } };
  return { kind: 'spooled', publish: message.publish, message, attempts, tookMs: now - arrivedAt };
};

/** The settlement of a job: notified, or dead-lettered with the rejection. */
export const settled = (job: Job, now: number, rejection?: Rejection): Settlement => {
  const { message } = job.deliverable;
  const { publish } = message;
  const { attempts } = job;
  const tookMs = now - job.arrivedAt;
  if (rejection === undefined) return { kind: 'notified', publish, message, attempts, tookMs };
  const { reason } = rejection;
  const detail =
    publish.accepted === undefined
      ? rejection.detail
      : `${rejection.detail}; ${publish.accepted.join(' and ')} had accepted it`;
  return { kind: 'dead-lettered', publish, message, reason, detail, attempts, tookMs };
};
