import type { Rejection } from '../rejection.js';
import { type Job, settled } from './job.js';
import { isEmpty, type Lane, type LaneState } from './lane.js';
import type { LaneEffect, Surroundings } from './lane-event.js';

/** Context of a step: state outside the lane, and its effects. */
export interface Moment extends Surroundings {
  /** Effects, in order. The consumer must not step the lane again before this step returns. */
  readonly effects: { push(effect: LaneEffect): unknown };
}

const isDue: LaneEffect = { kind: 'due' };
const withdraw: LaneEffect = { kind: 'withdraw' };

/** Requests a look in its turn. */
export const due = (lane: Lane, { effects }: Moment): void => {
  if (lane.state === 'due') return;
  if (lane.state === 'for-slot') effects.push(withdraw);
  lane.state = 'due';
  effects.push(isDue);
};

/** Waits for something, at most until `until`. */
export const wait = (lane: Lane, state: LaneState, until: number, { effects }: Moment): void => {
  lane.state = state;
  lane.wakeAt = until;
  if (until !== Number.POSITIVE_INFINITY) effects.push({ kind: 'wake', at: until });
};

/** Settles the first message of the lane: notified, or rejected. */
export const finish = (lane: Lane, job: Job, moment: Moment, rejection?: Rejection): void => {
  lane.front.shift();
  lane.progressAt = moment.now;
  end(job, moment, rejection);
  if (isEmpty(lane)) lane.state = 'idle';
  else due(lane, moment);
};

/** Settles a message. */
export const end = (job: Job, { now, effects }: Moment, rejection?: Rejection): void => {
  job.ended = true;
  effects.push({ kind: 'settle', settlement: settled(job, now, rejection), job });
};
