import * as E from 'fp-ts/lib/Either.js';
import type { Rejection } from '../rejection.js';
import type { Route } from '../routing/route.js';
import { answered } from './answered.js';
import { hasAccepted, isHalfDelivered, type Job } from './job.js';
import type { Lane } from './lane.js';
import {
  foundOnDisk,
  isSafe,
  keepHalf,
  store,
  stored,
  storeFailed,
  take,
  takeFailed,
  taken,
} from './lane-disk.js';
import type { LaneEvent } from './lane-event.js';
import { due, end, finish, type Moment, wait } from './lane-moves.js';

/**
 * Steps a lane for an event: changes the lane in place, and appends effects to the moment, in order. Otherwise pure:
 * time and randomness come with the moment. Messages stay in order, with one call at a time; the live set at the time
 * of the call decides the route (docs/architecture.md#decision-4, #decision-6, #decision-7, #decision-8, #decision-9,
 * #decision-15, #decision-16).
 */
export const step = (lane: Lane, event: LaneEvent, moment: Moment): void => {
  switch (event.kind) {
    case 'arrived':
      arrived(lane, event.job, moment);
      break;
    case 'look':
      look(lane, moment);
      break;
    case 'time':
      due(lane, moment);
      break;
    case 'answered':
      answered(lane, event.call, event.outcome, moment);
      break;
    case 'set-changed':
      // A lane that waits for the disk does not look at the set now: its integration may be gone again by then.
      if (isRegistered(lane, moment)) lane.heldSince = undefined;
      if (lane.state === 'for-set' || lane.state === 'for-registration') due(lane, moment);
      break;
    case 'back':
      back(lane, moment);
      break;
    case 'must-spool':
      store(lane, moment);
      break;
    case 'stored':
      stored(lane, event.ids, moment);
      break;
    case 'store-failed':
      storeFailed(lane, moment);
      break;
    case 'taken':
      taken(lane, event.found, event.more, moment);
      break;
    case 'take-failed':
      takeFailed(lane, moment);
      break;
    case 'found-on-disk':
      foundOnDisk(lane, moment);
      break;
    case 'stop':
      lane.writeAt = 0;
      lane.writeFailures = 0;
      keepHalf(lane, moment);
  }
  if (lane.state === 'for-registration' || lane.held > 0) boundHeld(lane, moment);
};

/** True if the daemon may end: no target would be notified twice for messages of this lane. */
export const mayEnd = ({ front, writing }: Lane): boolean =>
  writing.length === 0 && (front[0] === undefined || isSafe(front[0]));

const arrived = (lane: Lane, job: Job, moment: Moment): void => {
  if (lane.isOnDisk) {
    lane.rest.push(job);
    store(lane, moment);
  } else lane.front.push(job);
  if (lane.state === 'idle') due(lane, moment);
};

/** cvmain is back: failures before that say nothing about the message, so retry now. */
const back = (lane: Lane, moment: Moment): void => {
  const [first] = lane.front;
  if (first !== undefined) first.failedAt = undefined;
  if (lane.state === 'for-retry') due(lane, moment);
};

/** Settles, sends or holds the first message. While the daemon stops, only half-delivered messages are sent. */
const look = (lane: Lane, moment: Moment): void => {
  const [job] = lane.front;
  lane.state = 'idle';
  lane.wakeAt = Number.POSITIVE_INFINITY;
  if (moment.stopping && (job === undefined || !isHalfDelivered(job))) return;
  if (job === undefined) {
    if (lane.isOnDisk || lane.isReading) take(lane, isRegistered(lane, moment), moment);
  } else if (job.isBeingWritten && job !== lane.pinned) {
    wait(lane, 'for-disk', Number.POSITIVE_INFINITY, moment);
  } else if (moment.now >= job.expiresAt) {
    const lifetimeMs = job.expiresAt - job.arrivedAt;
    finish(lane, job, moment, { reason: 'expired', detail: `its lifetime of ${lifetimeMs} ms is over` });
  } else if (moment.decide === undefined) wait(lane, 'for-set', job.expiresAt, moment);
  else {
    const decision = moment.decide(job.deliverable.message);
    if (E.isRight(decision)) send(lane, job, decision.right, moment);
    else if (decision.left.reason === 'unregistered') hold(lane, job, decision.left, moment);
    else finish(lane, job, moment, decision.left);
  }
};

const isRegistered = ({ integration }: Lane, { decide }: Moment): boolean =>
  decide !== undefined && E.isRight(decide({ integration }));

const send = (lane: Lane, job: Job, { targets }: Route, moment: Moment): void => {
  lane.heldSince = undefined;
  const target = targets.find(({ kind }) => !hasAccepted(job, kind));
  if (target === undefined) finish(lane, job, moment);
  else if (!moment.hasSlot) {
    wait(lane, 'for-slot', job.expiresAt, moment);
    moment.effects.push({ kind: 'queue' });
  } else {
    lane.state = 'for-answer';
    job.attempts += 1;
    moment.effects.push({ kind: 'call', job, target, targets });
  }
};

/** Holds a message from its receipt, but not from before the live set could be known. */
const hold = (lane: Lane, job: Job, { reason, detail }: Rejection, moment: Moment): void => {
  const { holdUnregisteredMs } = moment.rules;
  lane.heldSince ??= moment.now;
  const until = Math.max(lane.heldSince, job.arrivedAt) + holdUnregisteredMs;
  if (moment.now < until) wait(lane, 'for-registration', Math.min(until, job.expiresAt), moment);
  else finish(lane, job, moment, { reason, detail: `${detail}; held ${holdUnregisteredMs} ms for it` });
};

/**
 * Counts held messages in memory. Beyond the bound they are spooled; if that fails, the newest are dead-lettered, as
 * they would be delivered last.
 */
const boundHeld = (lane: Lane, moment: Moment): void => {
  const { front, integration } = lane;
  const { maxHeld } = moment.rules;
  const isHeld = lane.state === 'for-registration';
  const held = isHeld ? unspooledIn(front) : 0;
  moment.held += held - lane.held;
  lane.held = held;
  const count = Math.min(held, Math.max(0, moment.held - maxHeld));
  if (count === 0) return;
  store(lane, moment);
  if (lane.writing.length > 0) return;
  moment.held -= count;
  lane.held -= count;
  const detail = `no integration "${integration}" is registered, and ${maxHeld} messages are held already`;
  for (const job of front.splice(front.length - count)) end(job, moment, { reason: 'unregistered', detail });
  if (front.length === 0) due(lane, moment);
};

/** They are also behind the spooled ones. */
const unspooledIn = (front: readonly Job[]): number => {
  const first = front.findIndex(({ spoolId }) => spoolId === undefined);
  return first < 0 ? 0 : front.length - first;
};
