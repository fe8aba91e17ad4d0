import type { Rejection } from '../rejection.js';
import type { Settlement } from '../settlement.js';
import type { Target } from '../target.js';
import type { Deliverable } from './deliverable.js';

/** The entry of a message that the broker waits for in the account that `Fairness` keeps. */
export interface Ticket {
  readonly lane: { unacknowledged: number };
  isSettled: boolean;
}

/** A message on its way to an integration. Times are the pipeline's, ms. */
export interface Job {
  /** Once it is spooled, its publish is the spool's: the broker's is settled. */
  deliverable: Deliverable;
  readonly arrivedAt: number;
  /** From here on it is `expired`. */
  expiresAt: number;
  /** Calls to cvmain. */
  attempts: number;
  /** Those of them that failed in a way that can heal. */
  failures: number;
  /** For how long cvmain has answered its calls with failures. */
  failedMs: number;
  /** When cvmain answered with a failure last, if nothing else came of a call since. */
  failedAt: number | undefined;
  /** While the broker waits for it, and that is kept account of. */
  ticket: Ticket | undefined;
  /** It is settled, whatever its lane still has to note of it. */
  ended: boolean;
  isBeingWritten: boolean;
  /** Its number in the spool, when it is there. */
  spoolId: number | undefined;
  /** How many of the targets that accepted it the spool knows of. */
  noted: number;
}

/** A job that has not been tried; `now` counts as its receipt where its publish says no other time. */
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

/** Whether a target has accepted it: a retry must not notify that one again. */
export const hasAccepted = ({ deliverable }: Job, kind: Target['kind']): boolean =>
  deliverable.message.publish.accepted?.includes(kind) ?? false;

/** Whether one of its targets has accepted it, and another not yet. */
export const isHalfDelivered = ({ deliverable }: Job): boolean =>
  deliverable.message.publish.accepted !== undefined;

/** Notes that a target has accepted it. */
export const accept = (job: Job, kind: Target['kind']): void => {
  const { deliverable } = job;
  const { message } = deliverable;
  const { publish } = message;
  const accepted = [...(publish.accepted ?? []), kind];
  job.deliverable = { ...deliverable, message: { ...message, publish: { ...publish, accepted } } };
};

/** What the broker gets to know of a job that is on the disk; from now on the job is the spool's, under this number. */
export const spooled = (job: Job, now: number, spoolId: number): Settlement => {
  const { deliverable, arrivedAt, attempts } = job;
  const { message } = deliverable;
  const publish = { ...message.publish, seq: -spoolId };
  job.spoolId = spoolId;
  job.deliverable = { ...deliverable, message: { ...message, publish } };
  return { kind: 'spooled', publish: message.publish, message, attempts, tookMs: now - arrivedAt };
};

/** The job's end: notified, or dead-lettered for the reason of the rejection. */
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
