import type { SchedulerLike, Subscription } from 'rxjs';
import type { Fairness } from '../../lib/rules/delivery/fairness.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';

/** Dependencies of {@link Watch}. */
export interface WatchDeps {
  readonly fairness: Fairness;
  readonly scheduler: SchedulerLike;
  /** Lanes that have to go to the spool. */
  readonly lanesToSpool: (now: number) => readonly Lane[];
  readonly spoolLanes: (lanes: readonly Lane[]) => void;
}

/** Checks for lanes that hold up others, repeatedly while the broker waits for an unsettled message. */
export class Watch {
  readonly #deps: WatchDeps;
  #timer: Subscription | undefined;
  /** The period of the running timer, ms; it is set again when more waits. */
  #everyMs = 0;
  /** True while lanes are being spooled; that ends with another check. */
  #isSpooling = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** Schedules a check, unless nothing is unsettled. */
  begin(): void {
    const { fairness } = this.#deps;
    if (fairness.unsettled === 0 || this.#isSpooling) return;
    this.#spoolHeld();
    const ms = fairness.checkMs;
    if (this.#timer !== undefined && ms >= this.#everyMs) return;
    this.#timer?.unsubscribe();
    this.#everyMs = ms;
    this.#checkIn(ms);
  }

  close(): void {
    this.#timer?.unsubscribe();
  }

  /** Spools at once what is held for registration: waiting longer doesn't help. */
  #spoolHeld(): void {
    const { fairness, scheduler, spoolLanes, lanesToSpool } = this.#deps;
    const lane = fairness.heldUpBy;
    if (lane === undefined) return;
    const now = scheduler.now();
    if (now < lane.writeAt) return;
    this.#isSpooling = true;
    spoolLanes(lanesToSpool(now));
    this.#isSpooling = false;
  }

  #checkIn(ms: number): void {
    this.#timer = this.#deps.scheduler.schedule(() => this.#check(), ms);
  }

  #check(): void {
    const { scheduler, spoolLanes, lanesToSpool } = this.#deps;
    const now = scheduler.now();
    const lanes = lanesToSpool(now);
    const writeAt = Math.min(...lanes.map((lane) => lane.writeAt));
    this.#timer = undefined;
    // After a failed write, the disk is left alone for a while.
    if (writeAt > now && writeAt < Number.POSITIVE_INFINITY) {
      this.#everyMs = 0;
      this.#checkIn(writeAt - now);
    } else spoolLanes(lanes);
    this.begin();
  }
}
