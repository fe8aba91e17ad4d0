import type { SchedulerLike, Subscription } from 'rxjs';
import type { Fairness } from '../../lib/rules/delivery/fairness.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';

/** Dependencies of {@link Watch}. */
export interface WatchDeps {
  readonly fairness: Fairness;
  readonly scheduler: SchedulerLike;
  /** Which lanes have to go to the spool. */
  readonly crowders: (now: number) => readonly Lane[];
  readonly crowd: (lanes: readonly Lane[]) => void;
}

/** Looks for lanes that harm others, again and again while the broker waits for a message that is not settled. */
export class Watch {
  readonly #deps: WatchDeps;
  #timer: Subscription | undefined;
  /** What the timer was set by: when more waits, it is set anew. */
  #everyMs = 0;
  /** What is done now ends with another look. */
  #isHelping = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** Looks soon, if there is something to look at. */
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

  /** What waits for its integration to register gets no better by waiting. */
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
    // A disk that takes nothing is left alone for a while.
    if (writeAt > now && writeAt < Number.POSITIVE_INFINITY) {
      this.#everyMs = 0;
      this.#lookIn(writeAt - now);
    } else crowd(lanes);
    this.begin();
  }
}
