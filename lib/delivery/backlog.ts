import { Fifo } from '../fifo.js';
import type { Job, Lane, Waiting } from './lane.js';

/** What makes a lane a bad neighbour, see {@link Backlog.blockers}. */
export interface BacklogBounds {
  /** How long the oldest unsettled message may stay the same, ms. */
  readonly stallMs: number;
}

/** So few messages do no harm where they are: brokers send 20 and more before the first is acknowledged. */
const few = 16;

/**
 * The messages that the broker waits for, in order of arrival. As acknowledgements leave in that order, the oldest one
 * that is not settled holds up all that are settled behind it (design.md, decision 15).
 */
export class Backlog {
  readonly #stallMs: number;
  /** From the oldest that is not settled on. */
  readonly #waiting = new Fifo<Waiting>();
  #unsettled = 0;
  #frontSince = 0;

  constructor({ stallMs }: BacklogBounds) {
    this.#stallMs = stallMs;
  }

  /** Whether so much waits for its acknowledgement that the broker may send no more. */
  get presses(): boolean {
    return this.#waiting.size >= few;
  }

  /** A message has arrived. One of QoS 0 is not acknowledged, and holds up nothing. */
  arrived(job: Job, lane: Lane, now: number): void {
    if (job.deliverable.message.publish.qos === 0) return;
    const waiting = { lane, isSettled: false };
    job.waiting = waiting;
    this.#unsettled += 1;
    if (this.#waiting.size === 0) this.#frontSince = now;
    this.#waiting.push(waiting);
  }

  /** A message is settled. */
  settled(job: Job, now: number): void {
    const { waiting } = job;
    if (waiting === undefined) return;
    job.waiting = undefined;
    waiting.isSettled = true;
    this.#unsettled -= 1;
    if (waiting === this.#waiting.first) this.#frontSince = now;
    while (this.#waiting.first?.isSettled) this.#waiting.shift();
  }

  /**
   * The lanes that hold up the others, as more than a few wait settled behind them (an eighth of all). When the oldest
   * message waits for its integration to register, all that do: names that nobody registers are one neighbour, however
   * many, and no call will end their wait. Else that of the oldest message, when it has been that for `stallMs` and half of
   * what is not settled is its own: when all are slow alike there is none.
   */
  blockers(now: number): ReadonlySet<Lane> {
    const front = this.#waiting.first;
    if (front === undefined || !this.presses) return new Set();
    const settled = this.#waiting.size - this.#unsettled;
    if (settled < this.#waiting.size / 8) return new Set();
    const lanes = this.#waiting.items.filter(({ isSettled }) => !isSettled).map(({ lane }) => lane);
    if (isHeld(front.lane)) return new Set(lanes.filter(isHeld));
    const own = lanes.filter((lane) => lane === front.lane).length;
    const stalls = now - this.#frontSince >= this.#stallMs && own >= this.#unsettled / 2;
    return new Set(stalls ? [front.lane] : []);
  }
}

const isHeld = ({ state }: Lane): boolean => state === 'for-registration';
