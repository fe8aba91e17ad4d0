import type { Rejection } from '../rejection.js';
import { type Job, settled } from './job.js';
import { isEmpty, type Lane, type LaneState } from './lane.js';
import type { LaneEffect, Surroundings } from './lane-event.js';

/** A step's view: what the lane knows, and what is to be done. */
export interface Moment extends Surroundings {
  /** What is to be done, in order. Whoever takes it lets nothing happen to the lane before the step is over. */
  readonly effects: { push(effect: LaneEffect): unknown };
}

const isDue: LaneEffect = { kind: 'due' };
const withdraw: LaneEffect = { kind: 'withdraw' };

/** The lane is to be looked at in its turn. */
export const due = (lane: Lane, { effects }: Moment): void => {
  if (lane.state === 'due') return;
  if (lane.state === 'for-slot') effects.push(withdraw);
  lane.state = 'due';
  effects.push(isDue);
};

/** The lane waits for something, but until then at most. */
export const wait = (lane: Lane, state: LaneState, until: number, { effects }: Moment): void => {
  lane.state = state;
  lane.wakeAt = until;
  if (until !== Number.POSITIVE_INFINITY) effects.push({ kind: 'wake', at: until });
};

/** The first message of the lane has ended: it was notified, or rejected. */
export const finish = (lane: Lane, job: Job, moment: Moment, rejection?: Rejection): void => {
  lane.front.shift();
  lane.progressAt = moment.now;
  end(job, moment, rejection);
  if (isEmpty(lane)) lane.state = 'idle';
  else due(lane, moment);
};

/** A message has ended. */
export const end = (job: Job, { now, effects }: Moment, rejection?: Rejection): void => {
  job.ended = true;
  effects.push({ kind: 'settle', settlement: settled(job, now, rejection), job });
};
