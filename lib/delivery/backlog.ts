import { Fifo } from '../fifo.js';
import type { Job, Lane } from './lane.js';

/** What makes a lane a bad neighbour, see {@link Backlog.blockers}. */
export interface BacklogBounds {
  /** How long the oldest unsettled message may stay the same, ms. */
  readonly stallMs: number;
}

/** So few messages do no harm where they are: brokers send 20 and more before the first is acknowledged. */
const few = 16;

interface Waiting {
  readonly order: number;
  readonly lane: Lane;
}

/**
 * The messages that the broker waits for, in order of arrival. As acknowledgements leave in that order, the oldest one
 * that is not settled holds up all that are settled behind it (design.md, decision 15).
 */
export class Backlog {
  readonly #stallMs: number;
  readonly #waiting = new Map<Job, Waiting>();
  /** Some of them have been settled since. */
  readonly #order = new Fifo<Job>();
  #arrived = 0;
  #front: Job | undefined;
  #frontSince = 0;

  constructor({ stallMs }: BacklogBounds) {
    this.#stallMs = stallMs;
  }

  /** Whether so much waits for its acknowledgement that the broker may send no more. */
  get presses(): boolean {
    return this.#span >= few;
  }

  /** A message has arrived. One of QoS 0 is not acknowledged, and holds up nothing. */
  arrived(job: Job, lane: Lane, now: number): void {
    if (job.deliverable.message.publish.qos === 0) return;
    this.#arrived += 1;
    this.#waiting.set(job, { order: this.#arrived, lane });
    this.#order.push(job);
    this.#look(now);
  }

  /** A message is settled. */
  settled(job: Job, now: number): void {
    if (this.#waiting.delete(job)) this.#look(now);
  }

  /**
   * The lanes that hold up the others, as more than a few wait settled behind them (an eighth of all). When the oldest
   * message waits for its integration to register, all that do: names that nobody registers are one neighbour, however
   * many, and no call will end their wait. Else that of the oldest message, when it has been that for `stallMs` and half of
   * what is not settled is its own: when all are slow alike there is none.
   */
  blockers(now: number): ReadonlySet<Lane> {
    const front = this.#front && this.#waiting.get(this.#front);
    if (front === undefined || !this.presses) return new Set();
    const unsettled = [...this.#waiting.values()].map(({ lane }) => lane);
    const settled = this.#span - unsettled.length;
    if (settled < this.#span / 8) return new Set();
    if (isHeld(front.lane)) return new Set(unsettled.filter(isHeld));
    const own = unsettled.filter((lane) => lane === front.lane).length;
    const stalls = now - this.#frontSince >= this.#stallMs && own >= unsettled.length / 2;
    return new Set(stalls ? [front.lane] : []);
  }

  /** From the oldest that is not settled to the newest. */
  get #span(): number {
    const front = this.#front && this.#waiting.get(this.#front);
    return front === undefined ? 0 : this.#arrived - front.order + 1;
  }

  #look(now: number): void {
    while (this.#order.first !== undefined && !this.#waiting.has(this.#order.first)) this.#order.shift();
    if (this.#order.first === this.#front) return;
    this.#front = this.#order.first;
    this.#frontSince = now;
  }
}

const isHeld = ({ state }: Lane): boolean => state === 'for-registration';
