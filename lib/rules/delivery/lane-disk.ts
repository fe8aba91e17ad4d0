import { isHalfDelivered, type Job, newJob, spooled } from './job.js';
import { type Lane, unspooled } from './lane.js';
import type { FromSpool } from './lane-event.js';
import { due, type Moment, wait } from './lane-moves.js';

/** Number of messages read into memory at once while more are in the spool. */
const readAhead = 16;

/** Wait after a failed write or read, ms: doubles up to the cap, as a full spool stays full for a while. */
const again = { baseMs: 250, capMs: 10_000 };

/** Write attempts when the daemon stops: unwritten messages are sent again. */
const writesAtStop = 2;

const noJobs: readonly Job[] = [];

const againAfterMs = (failures: number): number => Math.min(again.capMs, again.baseMs * 2 ** failures);

/**
 * Writes the unspooled messages of the lane in order: all, or after a failure the first half, as that may fit. Does
 * nothing while a write is under way or has to wait.
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

/** Written messages are the spool's now and leave the memory, except the first. */
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

/** Removes these from memory: messages that came meanwhile queue behind them, and behind all in the spool. */
const leave = (lane: Lane, left: ReadonlySet<Job>): void => {
  const stay = [...lane.front, ...lane.rest].filter((job) => !left.has(job));
  lane.isOnDisk = true;
  lane.front = stay.filter(({ spoolId }) => spoolId !== undefined);
  lane.rest = stay.filter(({ spoolId }) => spoolId === undefined);
};

/** A spooled message expires with the spool's maximum age, even if it is pinned. */
const age = (lane: Lane, pinned: Job, { rules, effects }: Moment): void => {
  pinned.expiresAt = Math.min(pinned.expiresAt, pinned.arrivedAt + rules.maxAgeMs);
  if (lane.state === 'due' || lane.state === 'for-answer' || pinned.expiresAt >= lane.wakeAt) return;
  lane.wakeAt = pinned.expiresAt;
  effects.push({ kind: 'wake', at: lane.wakeAt });
};

/** The write failed: its messages stay in memory and with the broker. */
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

/** Reads the next messages from the spool: only one while the lane waits for its registration. */
export const take = (lane: Lane, isWanted: boolean, moment: Moment): void => {
  if (lane.isReading) wait(lane, 'for-disk', Number.POSITIVE_INFINITY, moment);
  else if (moment.now < lane.readAt) wait(lane, 'for-disk', lane.readAt, moment);
  else {
    wait(lane, 'for-disk', Number.POSITIVE_INFINITY, moment);
    lane.isReading = true;
    moment.effects.push({ kind: 'take', most: isWanted ? readAhead : 1 });
  }
};

/** Adds messages read from the spool; settles those that are dead letters. */
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

/** The read failed: its messages stay in the spool. */
export const takeFailed = (lane: Lane, moment: Moment): void => {
  lane.isReading = false;
  lane.readAt = moment.now + againAfterMs(lane.readFailures);
  lane.readFailures += 1;
  settleIn(lane, moment);
};

/** The spool has messages of an earlier run: they precede all that have not been sent to cvmain yet. */
export const foundOnDisk = (lane: Lane, moment: Moment): void => {
  lane.isOnDisk = true;
  const [first] = lane.front;
  const wasSent = first !== undefined && first.attempts > 0 ? 1 : 0;
  lane.rest = [...lane.front.splice(wasSent), ...lane.rest];
  if (lane.state !== 'for-answer' && wasSent === 0) due(lane, moment);
  settleIn(lane, moment);
};

/**
 * When the daemon stops, notes in the spool which targets have accepted a message, so that the next run finishes it.
 */
const noteAccepted = (job: Job, { stopping, effects }: Moment): void => {
  if (!stopping || job.spoolId === undefined || !isHalfDelivered(job) || isSafe(job)) return;
  job.noted = acceptedBy(job);
  effects.push({ kind: 'note', id: job.spoolId, job });
};

/** Spools half-delivered messages, as there may be no time to finish them. */
export const keepHalf = (lane: Lane, moment: Moment): void => {
  const [first] = lane.front;
  if (!moment.stopping || first === undefined || !isHalfDelivered(first)) return;
  if (first.spoolId === undefined) store(lane, moment);
  else noteAccepted(first, moment);
};

/** True if no progress of the message is lost when the daemon ends. */
export const isSafe = (job: Job): boolean =>
  !isHalfDelivered(job) || (job.spoolId !== undefined && job.noted === acceptedBy(job));

const acceptedBy = ({ deliverable }: Job): number => deliverable.message.publish.accepted?.length ?? 0;

/** Continues after a disk operation. */
const settleIn = (lane: Lane, moment: Moment): void => {
  if (!lane.isOnDisk && lane.rest.length > 0) lane.front.push(...lane.rest.splice(0));
  if (lane.rest.length > 0) store(lane, moment);
  if (lane.state === 'for-disk') due(lane, moment);
};
