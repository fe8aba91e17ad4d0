import { backoffMs } from '../../util/backoff.js';
import { accept, hasAccepted, type Job } from './job.js';
import type { Lane } from './lane.js';
import { keepHalf } from './lane-disk.js';
import type { Call } from './lane-event.js';
import { due, finish, type Moment, wait } from './lane-moves.js';
import type { Outcome } from './outcome.js';

/**
 * Handles the outcome of a call. A message that its last target accepted is notified, even if it has expired or its
 * integration is gone meanwhile. A failed call is retried later.
 */
export const answered = (
  lane: Lane,
  { job, target, targets }: Call,
  outcome: Outcome,
  moment: Moment,
): void => {
  switch (outcome.kind) {
    case 'accepted':
      if (targets.every(({ kind }) => kind === target.kind || hasAccepted(job, kind)))
        finish(lane, job, moment);
      else {
        accept(job, target.kind);
        keepHalf(lane, moment);
        due(lane, moment);
      }
      return;
    case 'refused':
      finish(lane, job, moment, { reason: 'refused', detail: outcome.detail });
      return;
    case 'failed':
      if (isHopeless(job, moment)) {
        const detail = `cvmain answered with failures for ${job.failedMs} ms while it served others; the last one: ${outcome.detail}`;
        finish(lane, job, moment, { reason: 'refused', detail });
      } else tryAgain(lane, job, moment);
      return;
    case 'away':
      job.failedAt = undefined;
      tryAgain(lane, job, moment);
  }
};

/** True if it failed for too long. Only the time between failures counts, not an absence of cvmain in between. */
const isHopeless = (job: Job, { now, servedAt, rules: { giveUpAfterMs } }: Moment): boolean => {
  if (job.failedAt !== undefined) job.failedMs += now - job.failedAt;
  job.failedAt = now;
  return job.failedMs >= giveUpAfterMs && now - servedAt <= giveUpAfterMs;
};

const tryAgain = (lane: Lane, job: Job, moment: Moment): void => {
  const { now, rules } = moment;
  const until = now + backoffMs(rules.retry, job.failures, rules.random);
  job.failures += 1;
  wait(lane, 'for-retry', Math.min(until, job.expiresAt), moment);
};
