import { isHalfDelivered, type Job, newJob, spooled } from './job.js';
import { type Lane, unspooled } from './lane.js';
import type { FromSpool } from './lane-event.js';
import { due, type Moment, wait } from './lane-moves.js';

/** How many messages of an integration are taken into memory at once while it has more in the spool. */
const readAhead = 16;

/** How long to wait after a write or a read that failed, ms: doubling up to the cap. A full spool stays full for a while. */
const again = { baseMs: 250, capMs: 10_000 };

/** A write that failed is made again at once when the daemon stops: what is not written then is sent again. */
const writesAtStop = 2;

const noJobs: readonly Job[] = [];

const againAfterMs = (failures: number): number => Math.min(again.capMs, again.baseMs * 2 ** failures);

/**
 * Writes what of the lane is not in the spool, in order: all, or after a failure the first half, as there may be room for
 * that. Not while that is under way, or has to wait.
 */
export const store = (lane: Lane, { now, hasSpool, effects }: Moment): void => {
  if (!hasSpool || lane.writing.length > 0 || now < lane.writeAt) return;
  const all = unspooled(lane);
  // Those of QoS 0 hold up nobody.
  if (!lane.isOnDisk && all.every(({ deliverable }) => deliverable.message.publish.qos === 0)) return;
  const jobs = all.slice(0, lane.writeMost);
  const [first] = lane.front;
  lane.pinned = first?.spoolId === undefined ? first : undefined;
  lane.writing = jobs;
  for (const job of jobs) {
    job.isBeingWritten = true;
    job.noted = acceptedBy(job);
  }
  effects.push({ kind: 'store', jobs, pinned: lane.pinned });
};

/** What was written is the spool's now, and leaves the memory but for the first message. */
export const stored = (lane: Lane, ids: readonly number[], moment: Moment): void => {
  const { now, effects } = moment;
  const written = lane.writing;
  written.forEach((job, n) => {
    const id = ids[n];
    job.isBeingWritten = false;
    if (id === undefined) return;
    if (job.ended) {
      job.spoolId = id;
      effects.push({ kind: 'free', id });
    } else effects.push({ kind: 'settle', settlement: spooled(job, now, id), job });
  });
  const { pinned } = lane;
  lane.writing = noJobs;
  lane.pinned = undefined;
  lane.writeFailures = 0;
  lane.writeMost *= 2;
  const left = written.filter((job) => job !== pinned && !job.ended);
  if (left.length > 0) leave(lane, new Set(left));
  if (pinned !== undefined && !pinned.ended) {
    age(lane, pinned, moment);
    noteAccepted(pinned, moment);
  }
  settleIn(lane, moment);
};

/** These left the memory: what came meanwhile is behind them, and behind all that is in the spool. */
const leave = (lane: Lane, left: ReadonlySet<Job>): void => {
  const stay = [...lane.front, ...lane.rest].filter((job) => !left.has(job));
  lane.isOnDisk = true;
  lane.front = stay.filter(({ spoolId }) => spoolId !== undefined);
  lane.rest = stay.filter(({ spoolId }) => spoolId === undefined);
};

/** What is in the spool is good for no longer than the spool keeps it, also where it stayed in memory. */
const age = (lane: Lane, pinned: Job, { rules, effects }: Moment): void => {
  pinned.expiresAt = Math.min(pinned.expiresAt, pinned.arrivedAt + rules.maxAgeMs);
  if (lane.state === 'due' || lane.state === 'for-answer' || pinned.expiresAt >= lane.wakeAt) return;
  lane.wakeAt = pinned.expiresAt;
  effects.push({ kind: 'wake', at: lane.wakeAt });
};

/** What was to be written stays where it is, in memory and with the broker. */
export const storeFailed = (lane: Lane, moment: Moment): void => {
  for (const job of lane.writing) job.isBeingWritten = false;
  lane.writeMost = Math.ceil(lane.writing.length / 2);
  lane.writing = noJobs;
  lane.pinned = undefined;
  lane.writeFailures += 1;
  const atOnce = moment.stopping && lane.writeFailures < writesAtStop;
  lane.writeAt = atOnce ? 0 : moment.now + againAfterMs(lane.writeFailures - 1);
  if (atOnce) store(lane, moment);
  else settleIn(lane, moment);
};

/** Gets the next messages out of the spool: one alone, where that only waits for its integration. */
export const take = (lane: Lane, isWanted: boolean, moment: Moment): void => {
  if (lane.isReading) wait(lane, 'for-disk', Number.POSITIVE_INFINITY, moment);
  else if (moment.now < lane.readAt) wait(lane, 'for-disk', lane.readAt, moment);
  else {
    wait(lane, 'for-disk', Number.POSITIVE_INFINITY, moment);
    lane.isReading = true;
    moment.effects.push({ kind: 'take', most: isWanted ? readAhead : 1 });
  }
};

/** These are in memory now. What is a dead letter already ends. */
export const taken = (lane: Lane, found: readonly FromSpool[], more: boolean, moment: Moment): void => {
  const { now, effects } = moment;
  lane.isReading = false;
  lane.readFailures = 0;
  lane.isOnDisk = more;
  for (const { id, decoded } of found) {
    if (decoded.kind === 'dead-lettered') effects.push({ kind: 'settle', settlement: decoded });
    else lane.front.push(newJob(decoded, now, id));
  }
  settleIn(lane, moment);
};

/** What could not be read is in the spool as before. */
export const takeFailed = (lane: Lane, moment: Moment): void => {
  lane.isReading = false;
  lane.readAt = moment.now + againAfterMs(lane.readFailures);
  lane.readFailures += 1;
  settleIn(lane, moment);
};

/** The spool has messages of an earlier run: they come before all that cvmain has not been sent yet. */
export const foundOnDisk = (lane: Lane, moment: Moment): void => {
  lane.isOnDisk = true;
  const [first] = lane.front;
  const wasSent = first !== undefined && first.attempts > 0 ? 1 : 0;
  lane.rest = [...lane.front.splice(wasSent), ...lane.rest];
  if (lane.state !== 'for-answer' && wasSent === 0) due(lane, moment);
  settleIn(lane, moment);
};

/** What is half delivered when the daemon stops is finished by the next one: the spool has to know what was accepted. */
export const noteAccepted = (job: Job, { stopping, effects }: Moment): void => {
  if (!stopping || job.spoolId === undefined || !isHalfDelivered(job) || isSafe(job)) return;
  job.noted = acceptedBy(job);
  effects.push({ kind: 'note', id: job.spoolId, job });
};

/** The time to finish what is half delivered may not be enough: what is not in the spool yet is written, too. */
export const keepHalf = (lane: Lane, moment: Moment): void => {
  const [first] = lane.front;
  if (!moment.stopping || first === undefined || !isHalfDelivered(first)) return;
  if (first.spoolId === undefined) store(lane, moment);
  else noteAccepted(first, moment);
};

/** Whether nothing of what was done for it is forgotten when the daemon ends. */
export const isSafe = (job: Job): boolean =>
  !isHalfDelivered(job) || (job.spoolId !== undefined && job.noted === acceptedBy(job));

const acceptedBy = ({ deliverable }: Job): number => deliverable.message.publish.accepted?.length ?? 0;

/** The disk has done something: what had to wait for it goes on. */
const settleIn = (lane: Lane, moment: Moment): void => {
  if (!lane.isOnDisk && lane.rest.length > 0) lane.front.push(...lane.rest.splice(0));
  if (lane.rest.length > 0) store(lane, moment);
  if (lane.state === 'for-disk') due(lane, moment);
};
