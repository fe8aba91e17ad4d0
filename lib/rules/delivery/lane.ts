import type { Job } from './job.js';

/**
 * State of a lane: `due` for a look at its first message, `idle`, or waiting: `for-set` (no live set is known yet),
 * `for-registration` of its integration, `for-slot` among concurrent calls, `for-answer` of a call, `for-retry`, or
 * `for-disk` (its first message is being written or read).
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
 * The messages for one integration, one queue in order of receipt: `front` in memory; then, if `isOnDisk`, those only
 * in the spool; then `rest`, in memory again. A lane exists for as long as it holds any
 * (docs/architecture.md#decision-6).
 *
 * Unsettled messages in the spool are the beginning of this queue: the others are written behind them in order, or stay
 * in memory. So after a restart the spool's messages precede those that the broker sends again. Only messages that were
 * sent to cvmain before the spool could be opened stay in front of what is found in it.
 *
 * Only `step` changes a lane, in place; `unacknowledged` is changed by {@link Fairness}.
 */
export interface Lane {
  readonly integration: string;
  front: Job[];
  isOnDisk: boolean;
  /** Empty unless `isOnDisk`. */
  rest: Job[];
  state: LaneState;
  /** Time of the next look, whatever happens. */
  wakeAt: number;
  /** Time of the last settlement. */
  progressAt: number;
  /** Time since which the integration is known to be unregistered. */
  heldSince: number | undefined;
  /** Number of its messages that count as held. */
  held: number;
  /** Messages being written to the spool, in order. */
  writing: readonly Job[];
  /** The first message, pinned in memory while it is written: it may be in a call. */
  pinned: Job | undefined;
  /** Time of the next write attempt, after `writeFailures` failures, and its maximum number of messages. */
  writeAt: number;
  writeFailures: number;
  writeMost: number;
  /** True while its next messages are read from the spool. */
  isReading: boolean;
  readAt: number;
  readFailures: number;
  /** Number of its unacknowledged messages. */
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

/** Resets a resting lane. */
export const renew = (lane: Lane, now: number): void => {
  lane.progressAt = now;
  lane.heldSince = undefined;
  lane.writeAt = 0;
  lane.writeFailures = 0;
  lane.writeMost = Number.POSITIVE_INFINITY;
  lane.readAt = 0;
  lane.readFailures = 0;
};

/** True if it has no messages, and no disk operation is under way. */
export const isEmpty = ({ front, isOnDisk, rest, writing, isReading }: Lane): boolean =>
  front.length === 0 && !isOnDisk && rest.length === 0 && writing.length === 0 && !isReading;

/** True if it has nothing to do until a message comes. */
export const isResting = (lane: Lane): boolean => lane.state === 'idle' && isEmpty(lane);

/** Its messages that are not spooled, in order. */
export const unspooled = ({ front, rest }: Lane): Job[] => {
  const jobs = front.filter(({ spoolId }) => spoolId === undefined);
  return rest.length === 0 ? jobs : [...jobs, ...rest];
};
