import type { SchedulerLike, Subscription } from 'rxjs';
import type { Fairness } from '../../lib/rules/delivery/fairness.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';

/** Dependencies of {@link Watch}. */
export interface WatchDeps {
  readonly fairness: Fairness;
  readonly scheduler: SchedulerLike;
  /** Lanes that have to go to the spool. */
  readonly crowders: (now: number) => readonly Lane[];
  readonly crowd: (lanes: readonly Lane[]) => void;
}

/** Looks for lanes that hold up others, repeatedly while the broker waits for an unsettled message. */
export class Watch {
  readonly #deps: WatchDeps;
  #timer: Subscription | undefined;
  /** The period of the running timer, ms; it is set again when more waits. */
  #everyMs = 0;
  /** True while lanes are being spooled, which ends with another look. */
  #isHelping = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** Looks soon, unless nothing is unsettled. */
  begin(): void {
    const { fairness } = this.#deps;
    if (fairness.unsettled === 0 || this.#isHelping) return;
    this.#help();
    const ms = fairness.lookAgainMs;
    if (this.#timer !== undefined && ms >= this.#everyMs) return;
    this.#timer?.unsubscribe();
    this.#everyMs = ms;
    this.#lookIn(ms);
  }

  close(): void {
    this.#timer?.unsubscribe();
  }

  /** Spools at once what is held for registration: waiting longer does not help. */
  #help(): void {
    const { fairness, scheduler, crowd, crowders } = this.#deps;
    const lane = fairness.heldUpBy;
    if (lane === undefined) return;
    const now = scheduler.now();
    if (now < lane.writeAt) return;
    this.#isHelping = true;
    crowd(crowders(now));
    this.#isHelping = false;
  }

  #lookIn(ms: number): void {
    this.#timer = this.#deps.scheduler.schedule(() => this.#look(), ms);
  }

  #look(): void {
    const { scheduler, crowd, crowders } = this.#deps;
    const now = scheduler.now();
    const lanes = crowders(now);
    const writeAt = Math.min(...lanes.map((lane) => lane.writeAt));
    this.#timer = undefined;
    // A disk that refuses writes is left alone for a while.
    if (writeAt > now && writeAt < Number.POSITIVE_INFINITY) {
      this.#everyMs = 0;
      this.#lookIn(writeAt - now);
    } else crowd(lanes);
    this.begin();
  }
}
