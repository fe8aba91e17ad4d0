import { Fifo } from '../../util/fifo.js';
import { isHalfDelivered, type Job, type Ticket } from './job.js';
import type { Lane } from './lane.js';

/** A message that the broker waits for; `since` in ms. */
interface Unacknowledged extends Ticket {
  readonly lane: Lane;
  readonly job: Job;
  readonly since: number;
}

/** When the messages of a lane go to the spool; times in ms. */
export interface FairnessRules {
  /**
   * A lane that made no progress for so long goes there, and one that has half of the window where messages of it wait for
   * so long.
   */
  readonly patienceMs: number;
  /** For so long one message may hold up what is settled behind it. */
  readonly stallMs: number;
  /** How many messages the broker may send before the first is acknowledged. */
  readonly windowMessages: number;
}

/** How often lanes are looked at in the time after which something may be wrong. */
const looksInTime = 4;

/** In 3.1.1 the window is the broker's: mosquitto sends 20 messages before the first is acknowledged. */
const usualWindow = 16;

/** With less than that the broker may have no more to send, or have a smaller window, as RabbitMQ has: 10. */
const patienceInDoubt = 3;

/**
 * Who may keep how much of the window in memory. A pure account of the messages that the broker waits for, in order of
 * arrival. As acknowledgements leave in that order, the oldest one that is not settled holds up all that are settled
 * behind it (docs/architecture.md#decision-15).
 */
export class Fairness {
  readonly #rules: FairnessRules;
  readonly #pressing: number;
  /** From the oldest that is not settled on. */
  readonly #tickets = new Fifo<Unacknowledged>();
  #unsettled = 0;
  #frontSince = 0;

  constructor(rules: FairnessRules) {
    this.#rules = rules;
    this.#pressing = Math.min(usualWindow, Math.ceil(rules.windowMessages / 2));
  }

  /** How many the broker waits for that are not settled. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** When to look at the lanes again, ms from now. */
  get lookAgainMs(): number {
    const { patienceMs, stallMs } = this.#rules;
    return (this.#isCongested ? Math.min(stallMs, patienceMs) : patienceMs) / looksInTime;
  }

  /** A message has arrived. One of QoS 0 is not acknowledged, and holds up nothing. */
  arrived(job: Job, lane: Lane, now: number): void {
    if (job.deliverable.message.publish.qos === 0) return;
    const ticket = { lane, job, since: now, isSettled: false };
    job.ticket = ticket;
    lane.unacknowledged += 1;
    this.#unsettled += 1;
    if (this.#tickets.size === 0) this.#frontSince = now;
    this.#tickets.push(ticket);
  }

  /** A message is settled for the broker: it has ended, or is in the spool. */
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

  /** The lanes that have to go to the spool. */
  crowders(now: number): ReadonlySet<Lane> {
    const patienceMs = this.#rules.patienceMs * (this.#isCongested ? 1 : patienceInDoubt);
    const crowders = new Set(this.#blockers(now));
    const dominates = ({ unacknowledged }: Lane): boolean => unacknowledged >= this.#unsettled / 2;
    for (const { lane, since, isSettled } of this.#tickets.items) {
      if (isSettled || crowders.has(lane)) continue;
      const isSlow = dominates(lane) && now - since >= patienceMs;
      const wasNotWritten = lane.rest.length > 0;
      if (isSlow || wasNotWritten || now - lane.progressAt >= patienceMs) crowders.add(lane);
    }
    return crowders;
  }

  /**
   * Whether messages that wait, or are half delivered, are in front of one that is settled or in a call: if the daemon ended
   * now, that one would come again, and be notified again. What is in a call itself is waited for first.
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

  /** The lane that holds up others as its integration is not registered, and is not being written: time does not help. */
  get heldUpBy(): Lane | undefined {
    const lane = this.#tickets.first?.lane;
    return lane !== undefined && isHeld(lane) && lane.writing.length === 0 && this.#holdsUp
      ? lane
      : undefined;
  }

  /** Whether what waits settled behind the oldest message is an eighth of all, and the broker may send no more. */
  get #holdsUp(): boolean {
    return this.#isCongested && this.#tickets.size - this.#unsettled >= this.#tickets.size / 8;
  }

  /** Whether so much waits for its acknowledgement that the broker may send no more. */
  get #isCongested(): boolean {
    return this.#tickets.size >= this.#pressing;
  }

  /**
   * The lanes that hold up the others, as an eighth of all waits settled behind them. When the oldest message waits for its
   * integration to register, all that do: names that nobody registers are one neighbour, however many, and no call will end
   * their wait. Else that of the oldest message, when it has been that for `stallMs` and half of what is not settled is its
   * own: when all are slow alike there is none.
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
