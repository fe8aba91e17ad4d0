import type { SchedulerLike } from 'rxjs';
import {
  type Phase,
  type SessionEffect,
  type SessionEvent,
  stepSession,
} from '../../lib/mqtt/session/phase.js';
import { OneTimer } from '../one-timer.js';

/** Keeps the phase of a session, runs the effects of its steps, and has the one timer of each phase. */
export class PhaseMachine {
  readonly #run: (effect: SessionEffect) => void;
  readonly #timer: OneTimer;
  #phase: Phase = { kind: 'offline' };
  #steps = 0;

  constructor(scheduler: SchedulerLike, run: (effect: SessionEffect) => void) {
    this.#run = run;
    this.#timer = new OneTimer(scheduler);
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The phase, and how many steps were taken so far. */
  view(): { readonly phase: Phase['kind']; readonly steps: number } {
    return { phase: this.#phase.kind, steps: this.#steps };
  }

  post(event: SessionEvent): void {
    const next = stepSession(this.#phase, event);
    if (next.phase.kind !== this.#phase.kind) this.#timer.stop();
    if (next.phase !== this.#phase) this.#steps += 1;
    this.#phase = next.phase;
    if (next.effect !== undefined) this.#run(next.effect);
  }

  /** Posts `due` after `ms`, unless another phase comes first. */
  postIn(ms: number): void {
    this.#timer.start(ms, () => this.post({ kind: 'due' }));
  }

  /** Posts no `due` any more. */
  stopTimer(): void {
    this.#timer.stop();
  }
}
