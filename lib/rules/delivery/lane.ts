import type { Job } from './job.js';

/**
 * What a lane is doing: `due` for a look at its first message, `idle`, or waiting `for-set` (no set is known yet),
 * `for-registration` of its integration, `for-slot` among the calls in flight, `for-answer` of a call, `for-retry`, or
 * `for-disk`: its first message is being written to the spool, or read from it.
 */
export type LaneState =
  | 'idle'
  | 'due'
  | 'for-set'
  | 'for-registration'
  | 'for-slot'
  | 'for-answer'
  | 'for-retry'
  | 'for-disk';

/**
 * The messages for one integration, one queue in order of receipt: `front` in memory, then, where `isOnDisk`, those that are
 * in the spool alone, then `rest`, in memory again. It exists for as long as it holds any (docs/architecture.md#decision-6).
 *
 * What is in the spool and not settled is the begin of this queue: what is not there yet is written in order, or stays
 * where it is. So after a restart the spool's messages come before those that the broker sends again. Only what
 * was sent to cvmain before its spool could be opened stays in front of what is found there.
 *
 * `step` alone changes it, in place; `unacknowledged` is {@link Fairness}'s.
 */
export interface Lane {
  readonly integration: string;
  front: Job[];
  isOnDisk: boolean;
  /** Empty unless `isOnDisk`. */
  rest: Job[];
  state: LaneState;
  /** When it has to be looked at, whatever happens. */
  wakeAt: number;
  /** Since when none of its messages ended. */
  progressAt: number;
  /** Since when the integration is known to be unregistered. */
  heldSince: number | undefined;
  /** How many of its messages count as held. */
  held: number;
  /** What is being written to the spool, in order. */
  writing: readonly Job[];
  /** The first message, which stays in memory when all is written: it may be in a call. */
  pinned: Job | undefined;
  /** Not before this it is written again, after so many failures, and no more messages than this at once. */
  writeAt: number;
  writeFailures: number;
  writeMost: number;
  /** Its next messages are being read from the spool. */
  isReading: boolean;
  readAt: number;
  readFailures: number;
  /** How many of its messages the broker waits for. */
  unacknowledged: number;
}

const none: readonly Job[] = [];

/** A lane without messages. */
export const newLane = (integration: string, now: number): Lane => ({
  integration,
  front: [],
  isOnDisk: false,
  rest: [],
  state: 'idle',
  wakeAt: Number.POSITIVE_INFINITY,
  progressAt: now,
  heldSince: undefined,
  held: 0,
  writing: none,
  pinned: undefined,
  writeAt: 0,
  writeFailures: 0,
  writeMost: Number.POSITIVE_INFINITY,
  isReading: false,
  readAt: 0,
  readFailures: 0,
  unacknowledged: 0,
});

/** Makes a lane that rests as good as new. */
export const renew = (lane: Lane, now: number): void => {
  lane.progressAt = now;
  lane.heldSince = undefined;
  lane.writeAt = 0;
  lane.writeFailures = 0;
  lane.writeMost = Number.POSITIVE_INFINITY;
  lane.readAt = 0;
  lane.readFailures = 0;
};

/** Whether it holds no messages, and nothing is on its way. */
export const isEmpty = ({ front, isOnDisk, rest, writing, isReading }: Lane): boolean =>
  front.length === 0 && !isOnDisk && rest.length === 0 && writing.length === 0 && !isReading;

/** Whether there is nothing to do for it until a message comes. */
export const isResting = (lane: Lane): boolean => lane.state === 'idle' && isEmpty(lane);

/** Its messages that are not in the spool, in order. */
export const unspooled = ({ front, rest }: Lane): Job[] => {
  const jobs = front.filter(({ spoolId }) => spoolId === undefined);
  return rest.length === 0 ? jobs : [...jobs, ...rest];
};
