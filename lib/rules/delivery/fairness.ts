import { Fifo } from '../../util/fifo.js';
import { isHalfDelivered, type Job, type Ticket } from './job.js';
import type { Lane } from './lane.js';

/** An unacknowledged message; `since` in ms. */
interface Unacknowledged extends Ticket {
  readonly lane: Lane;
  readonly job: Job;
  readonly since: number;
}

/** When messages of a lane are spooled; times in ms. */
export interface FairnessRules {
  /**
   * A lane is spooled after this long without progress, or when its messages have filled half of the window for this
   * long.
   */
  readonly patienceMs: number;
  /** How long one message may hold up settled ones behind it. */
  readonly stallMs: number;
  /** Number of messages the broker may send before the first is acknowledged. */
  readonly windowMessages: number;
}

/** Number of checks within the shortest of these times. */
const checksPerPeriod = 4;

/**
 * Typical window with 3.1.1, where the broker sets it: mosquitto sends 20 messages before the first is acknowledged.
 */
const usualWindow = 16;

/**
 * With fewer unsettled messages, patience is multiplied by this: the broker may have no more to send, or a smaller window,
 * as RabbitMQ with 10.
 */
const uncongestedFactor = 3;

/**
 * Decides which lanes may keep messages of the window in memory. Keeps the unacknowledged messages in order of arrival;
 * acknowledgements leave in that order, so the oldest unsettled one holds up all settled ones behind it
 * (docs/architecture.md#decision-15). Pure.
 */
export class Fairness {
  readonly #rules: FairnessRules;
  readonly #congestedFrom: number;
  /** Messages from the oldest unsettled one on. */
  readonly #tickets = new Fifo<Unacknowledged>();
  #unsettled = 0;
  #frontSince = 0;

  constructor(rules: FairnessRules) {
    this.#rules = rules;
    this.#congestedFrom = Math.min(usualWindow, Math.ceil(rules.windowMessages / 2));
  }

  /** Number of unsettled messages that the broker waits for. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Time until the next check of the lanes, ms. */
  get checkMs(): number {
    const { patienceMs, stallMs } = this.#rules;
    return (this.#isCongested ? Math.min(stallMs, patienceMs) : patienceMs) / checksPerPeriod;
  }

  /** Adds a message. One of QoS 0 is not acknowledged and holds up nothing. */
  arrived(job: Job, lane: Lane, now: number): void {
    if (job.deliverable.message.publish.qos === 0) return;
    const ticket = { lane, job, since: now, isSettled: false };
    job.ticket = ticket;
    lane.unacknowledged += 1;
    this.#unsettled += 1;
    if (this.#tickets.size === 0) this.#frontSince = now;
    this.#tickets.push(ticket);
  }

  /** Settles a message for the broker: it is settled or spooled. */
  settled(job: Job, now: number): void {
    const { ticket } = job;
    if (ticket === undefined) return;
    job.ticket = undefined;
    ticket.isSettled = true;
    ticket.lane.unacknowledged -= 1;
    this.#unsettled -= 1;
    if (ticket === this.#tickets.first) this.#frontSince = now;
    while (this.#tickets.first?.isSettled) this.#tickets.shift();
  }

  /** Lanes that must be spooled. */
  lanesToSpool(now: number): ReadonlySet<Lane> {
    const patienceMs = this.#rules.patienceMs * (this.#isCongested ? 1 : uncongestedFactor);
    const lanesToSpool = new Set(this.#blockers(now));
    const dominates = ({ unacknowledged }: Lane): boolean => unacknowledged >= this.#unsettled / 2;
    for (const { lane, since, isSettled } of this.#tickets.items) {
      if (isSettled || lanesToSpool.has(lane)) continue;
      const isSlow = dominates(lane) && now - since >= patienceMs;
      const wasNotWritten = lane.rest.length > 0;
      if (isSlow || wasNotWritten || now - lane.progressAt >= patienceMs) lanesToSpool.add(lane);
    }
    return lanesToSpool;
  }

  /**
   * True if waiting or half-delivered messages precede one that is settled or in a call: if the daemon ended now, that
   * one would be sent again and notified twice. `areCallsWaitedFor`: calls in flight are finished first.
   */
  holdsUpSent(areCallsWaitedFor: boolean): boolean {
    let waits = false;
    for (const { lane, job, isSettled } of this.#tickets.items) {
      const isCalled = lane.state === 'for-answer' && lane.front[0] === job;
      if (waits && (isSettled || isCalled)) return true;
      if (isSettled) continue;
      if (isHalfDelivered(job)) return true;
      waits ||= !(isCalled && areCallsWaitedFor);
    }
    return false;
  }

  /**
   * The lane that holds up others because its integration is unregistered, unless it is being written: waiting doesn't
   * help.
   */
  get heldUpBy(): Lane | undefined {
    const lane = this.#tickets.first?.lane;
    return lane !== undefined && isHeld(lane) && lane.writing.length === 0 && this.#holdsUp
      ? lane
      : undefined;
  }

  /** True if an eighth of all messages is settled behind the oldest, and the window may be full. */
  get #holdsUp(): boolean {
    return this.#isCongested && this.#tickets.size - this.#unsettled >= this.#tickets.size / 8;
  }

  /** True if the window is filling up, so that the broker may send no more. */
  get #isCongested(): boolean {
    return this.#tickets.size >= this.#congestedFrom;
  }

  /**
   * Lanes that hold up the others, once an eighth of all messages is settled behind them. If the oldest message waits
   * for its registration, all such lanes: unregistered names count as one neighbour, as no call ends their wait.
   * Otherwise the lane of the oldest message, if it has been the oldest for `stallMs` and its lane has half of the
   * unsettled messages: if all are equally slow, none.
   */
  #blockers(now: number): readonly Lane[] {
    const front = this.#tickets.first;
    if (front === undefined || !this.#holdsUp) return [];
    const { lane } = front;
    if (isHeld(lane)) {
      return this.#tickets.items.flatMap((each) => (!each.isSettled && isHeld(each.lane) ? [each.lane] : []));
    }
    const stalls = now - this.#frontSince >= this.#rules.stallMs;
    return stalls && lane.unacknowledged >= this.#unsettled / 2 ? [lane] : [];
  }
}

const isHeld = ({ state }: Lane): boolean => state === 'for-registration';
