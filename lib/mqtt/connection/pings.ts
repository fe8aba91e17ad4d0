/** When things happen on a connection with pings, ms. */
export interface PingTimes {
  /** From the last answer to the next ping, where nothing was written. */
  readonly idleMs: number;
  /** From the first thing that was written, and perhaps never read, to the ping behind it. */
  readonly unconfirmedMs: number;
  /** From a ping to where its answer is overdue, and to where the line is given up. */
  readonly overdueMs: number;
  readonly deadMs: number;
}

/**
 * The times that follow from a keepalive. The client is a little early, as it must not pass the keepalive (MQTT 5,
 * 3.1.2.10). However long that is, a line that swallows what is written is given up after a minute.
 */
export const pingTimes = (keepaliveMs: number): PingTimes => {
  const hurried = Math.min(keepaliveMs, 120_000);
  return {
    idleMs: keepaliveMs * 0.975,
    unconfirmedMs: hurried / 4,
    overdueMs: hurried / 8,
    deadMs: hurried / 4,
  };
};

/** What pings tell. */
export interface PingEvents {
  /** Writes PINGREQ. */
  readonly send: () => void;
  /** The answer is late: half of the time is over after which the line is given up. */
  readonly overdue: () => void;
  /** The line is given up; no ping follows. */
  readonly dead: () => void;
}

/**
 * The pings of one connection: soon after something was written, as a dead connection raises no error, and else seldom.
 * To wake up for pings is most of what an idle daemon does, and the system watches an idle line itself (transport.ts).
 */
export class Pings {
  readonly #times: PingTimes;
  readonly #events: PingEvents;
  #timer: NodeJS.Timeout | undefined;
  /** Something was written behind the last ping. */
  #unconfirmed = false;
  #awaited = false;
  #over = false;

  /** From now on the connection stands. */
  constructor(times: PingTimes, events: PingEvents) {
    this.#times = times;
    this.#events = events;
    this.#schedule();
  }

  /** Something was written that the broker has to read. */
  wrote(): void {
    if (this.#unconfirmed) return;
    this.#unconfirmed = true;
    if (!this.#awaited) this.#schedule();
  }

  /** PINGRESP came. */
  answered(): void {
    this.#awaited = false;
    this.#schedule();
  }

  /**
   * A large packet is coming in, and the answer to a ping can only be behind it: however long it takes, it is no sign of a
   * dead line.
   */
  stillComing(): void {
    if (this.#awaited) this.#awaitAnswer();
  }

  /** The connection is over: nothing is told any more. */
  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const { idleMs, unconfirmedMs } = this.#times;
    this.#after(this.#unconfirmed ? unconfirmedMs : idleMs, () => this.#ping());
  }

  #ping(): void {
    this.#awaited = true;
    this.#events.send();
    // All of it is ahead of the ping.
    this.#unconfirmed = false;
    this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    const { overdueMs, deadMs } = this.#times;
    this.#after(overdueMs, () => {
      this.#after(deadMs - overdueMs, this.#events.dead);
      this.#events.overdue();
    });
  }

  #after(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    if (!this.#over) this.#timer = setTimeout(then, ms);
  }
}
