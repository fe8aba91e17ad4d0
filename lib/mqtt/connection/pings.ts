/** Ping timing of a connection, ms. */
export interface PingTimes {
  /** From the last PINGRESP to the next ping, if nothing was written. */
  readonly idleMs: number;
  /** From the first unconfirmed write to the ping after it. */
  readonly unconfirmedMs: number;
  /** From a ping until its answer is overdue. */
  readonly overdueMs: number;
  /** From then until the connection counts as dead. */
  readonly deadMs: number;
}

/**
 * Ping timing for a keepalive. Slightly early, as the client must not exceed the keepalive (MQTT 5, 3.1.2.10). A
 * connection that loses writes is given up within a minute, however long the keepalive.
 */
export const pingTimes = (keepaliveMs: number): PingTimes => {
  const hurried = Math.min(keepaliveMs, 120_000);
  return {
    idleMs: keepaliveMs * 0.975,
    unconfirmedMs: hurried / 4,
    overdueMs: hurried / 8,
    deadMs: hurried / 8,
  };
};

/** Events of {@link Pings}. */
export interface PingEvents {
  /** Writes PINGREQ. */
  readonly send: () => void;
  /** The answer is overdue; half of the time until `dead` has passed. */
  readonly overdue: () => void;
  /** No answer came; no ping follows. */
  readonly dead: () => void;
}

/**
 * The pings of one connection: soon after a write, because a dead connection raises no error, and otherwise rarely,
 * because wake-ups are most of an idle daemon's work and the system probes idle connections itself (transport.ts).
 */
export class Pings {
  readonly #events: PingEvents;
  /** Only while the connection is accepted. */
  #times: PingTimes | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Something was written since the last ping. */
  #unconfirmed = false;
  #awaited = false;

  constructor(events: PingEvents) {
    this.#events = events;
  }

  /** Starts; the connection is accepted. */
  start(times: PingTimes): void {
    this.#times = times;
    this.#schedule();
  }

  /** Reports a write that the broker has to read. */
  wrote(): void {
    if (this.#unconfirmed || this.#times === undefined) return;
    this.#unconfirmed = true;
    if (!this.#awaited) this.#schedule();
  }

  /** PINGRESP came. */
  answered(): void {
    this.#awaited = false;
    this.#schedule();
  }

  /**
   * A new publish of QoS 1 or 2 came, or more of a large packet. The PINGRESP can only follow what the broker sent before it: however long
   * that takes, the connection is alive.
   */
  stillComing(): void {
    if (this.#awaited) this.#awaitAnswer();
  }

  /** Stops; no event follows. */
  stop(): void {
    this.#times = undefined;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#after(this.#unconfirmed ? 'unconfirmedMs' : 'idleMs', () => this.#ping());
  }

  #ping(): void {
    this.#awaited = true;
    this.#events.send();
    // All writes so far precede the ping.
    this.#unconfirmed = false;
    this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    this.#after('overdueMs', () => {
      this.#after('deadMs', this.#events.dead);
      this.#events.overdue();
    });
  }

  #after(time: keyof PingTimes, then: () => void): void {
    clearTimeout(this.#timer);
    if (this.#times !== undefined) this.#timer = setTimeout(then, this.#times[time]);
  }
}
