import { type PingTimes, pingTimes } from '../../lib/mqtt/connection/pings.js';
import type { Agenda, Due } from '../engine/agenda.js';

/** Dependencies of the pings. */
export interface ModelPingsDeps {
  readonly agenda: Agenda;
  readonly keepaliveMs: number;
  readonly mayAct: () => boolean;
  /** Sends a packet to the broker and back; calls back when it has returned. */
  readonly thereAndBack: (arrived: () => void) => void;
  readonly overdue: () => void;
  readonly dead: () => void;
}

/** The pings of a model connection, at the times of `Pings` in lib/mqtt. */
export class ModelPings {
  readonly #deps: ModelPingsDeps;
  readonly #times: PingTimes;
  #unconfirmed = false;
  #awaited = false;
  #next: Due | undefined;

  constructor(deps: ModelPingsDeps) {
    this.#deps = deps;
    this.#times = pingTimes(deps.keepaliveMs);
  }

  /** A packet was written that the broker has to read. */
  wrote(): void {
    if (this.#unconfirmed) return;
    this.#unconfirmed = true;
    if (!this.#awaited) this.schedule();
  }

  /** A new publish of QoS 1 or 2 came: the answer is behind what the broker sent before it. */
  stillComing(): void {
    if (this.#awaited) this.#awaitAnswer();
  }

  schedule(): void {
    const { unconfirmedMs, idleMs } = this.#times;
    this.#after(this.#unconfirmed ? unconfirmedMs : idleMs, () => this.#ping());
  }

  stop(): void {
    if (this.#next !== undefined) this.#next.task = undefined;
  }

  #ping(): void {
    this.#awaited = true;
    this.#unconfirmed = false;
    this.#deps.thereAndBack(() => {
      this.#awaited = false;
      this.schedule();
    });
    this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    const { overdue, dead } = this.#deps;
    const { overdueMs, deadMs } = this.#times;
    this.#after(overdueMs, () => {
      this.#after(deadMs, dead);
      overdue();
    });
  }

  #after(ms: number, task: () => void): void {
    const { agenda, mayAct } = this.#deps;
    this.stop();
    this.#next = agenda.in(ms, () => {
      if (mayAct()) task();
    });
  }
}
