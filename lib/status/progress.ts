import type { Phase } from '../mqtt/session/phase.js';
import { type Lane, unspooled } from '../rules/delivery/lane.js';

/** A moment of the pipeline, as the watchdog sees it. */
export interface Pulse {
  /** When, an uptime in ms. */
  readonly at: number;
  readonly stopping: boolean;
  readonly lanes: readonly Lane[];
  readonly cvmainServes: boolean;
  /** Number of calls to cvmain that have ended. */
  readonly calls: number;
  /** Sequence number of the oldest publish that is not acknowledged. */
  readonly oldest: number | undefined;
  /** The phase of the broker's session, and the number of steps that it took. */
  readonly session: { readonly phase: Phase['kind']; readonly steps: number };
  /** The longest that a call or the pause before the next one takes, ms. */
  readonly slowestMs: number;
}

/** Something that moves by itself, however long cvmain, the broker or an app are away. */
interface Mover {
  /** Changes whenever it moves. */
  readonly mark: string;
  /** The longest that it stays where it is, ms. */
  readonly withinMs: number;
}

/** An attempt to connect and the pause before the next one take up to this, ms. */
const sessionMs = 60_000;

/** A dead letter waits up to this for others to share its flush, ms. */
const flushMs = 5_000;

/** The movers, and how many checks in a row found each where it was. */
export type Progress = ReadonlyMap<string, Mover & { readonly checks: number }>;

/**
 * Whether a lane moves by itself. What waits for others does not: for the live set, for a registration, and for cvmain
 * while it is away. A call ends by its deadline, a pause by its timer, and the disk answers.
 */
const moves = ({ state, front, wakeAt }: Lane, { at, cvmainServes }: Pulse): boolean => {
  switch (state) {
    case 'due':
    case 'for-answer':
      return true;
    case 'idle':
      return front.length > 0;
    case 'for-slot':
      return cvmainServes;
    case 'for-retry':
      return wakeAt < at;
    case 'for-disk':
      return wakeAt < at || wakeAt === Number.POSITIVE_INFINITY;
    case 'for-set':
    case 'for-registration':
      return false;
  }
};

const markOf = (lane: Lane, calls: number): string => {
  const { state, front, progressAt, wakeAt, readFailures, writeFailures } = lane;
  const [first] = front;
  // Others come first, so a lane may wait longer for its slot than a call takes.
  const others = state === 'for-slot' ? calls : 0;
  return [state, progressAt, wakeAt, first?.attempts, readFailures, writeFailures, others].join();
};

/** Phases that end by themselves: each attempt, pause and farewell has a limit. */
const passing: readonly Phase['kind'][] = ['connecting', 'waiting', 'ending', 'handing-over'];

const isBrokers = (lane: Lane): boolean =>
  unspooled(lane).some(({ deliverable }) => deliverable.message.publish.qos > 0);

/** What moves by itself at this moment, if nothing is broken. */
const movers = (pulse: Pulse): readonly (readonly [string, Mover])[] => {
  const { lanes, session, oldest, calls, slowestMs } = pulse;
  const isWaitedFor = lanes.some(isBrokers);
  const isPassing = passing.includes(session.phase) || (session.phase === 'draining' && !isWaitedFor);
  const found = lanes
    .filter((lane) => moves(lane, pulse))
    .map((lane): readonly [string, Mover] => [
      `the messages for ${lane.integration}`,
      { mark: markOf(lane, calls), withinMs: slowestMs },
    ]);
  if (isPassing)
    found.push([
      "the broker's session",
      { mark: [session.phase, session.steps].join(), withinMs: sessionMs },
    ]);
  // Outside of the lanes are only dead letters on their way to the disk.
  if (oldest !== undefined && !isWaitedFor)
    found.push(['the acknowledgements', { mark: String(oldest), withinMs: flushMs }]);
  return found;
};

/** Nothing was checked yet. */
export const newProgress: Progress = new Map();

/**
 * The progress after one more check. Counts checks rather than time: a process that was stopped, or a unit that slept,
 * is not stuck.
 */
export const progressAfter = (before: Progress, pulse: Pulse): Progress => {
  if (pulse.stopping) return newProgress;
  return new Map(
    movers(pulse).map(([name, mover]) => {
      const known = before.get(name);
      return [name, { ...mover, checks: known?.mark === mover.mark ? known.checks + 1 : 0 }];
    }),
  );
};

/**
 * What has not moved for `marginMs` longer than it may take, though nobody else has to do anything; undefined if nothing
 * is stuck. There is a check each `everyMs`.
 */
export const stuckAfter = (progress: Progress, everyMs: number, marginMs: number): string | undefined =>
  [...progress].find(([, { checks, withinMs }]) => checks * everyMs >= withinMs + marginMs)?.[0];
