import { isResting, type Lane, newLane, renew } from './lane.js';
import type { LaneEvent } from './lane-event.js';
import type { Moment } from './lane-moves.js';
import { step } from './step.js';

/** Number of empty lanes to keep, beyond twice the busy ones: names on the wire are unbounded. */
const spare = 256;

/**
 * Lanes by integration. An empty lane is kept for the next message: deleting and adding a `Map` entry with each message
 * leaves a chain of old tables, which costs the garbage collector more than everything else.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #busy = 0;

  /** Lanes with messages. */
  get busy(): readonly Lane[] {
    return [...this.#lanes.values()].filter((lane) => !isResting(lane));
  }

  /** True if no lane has messages. */
  get rest(): boolean {
    return this.#busy === 0;
  }

  /** Number of lanes, empty ones included. */
  get size(): number {
    return this.#lanes.size;
  }

  /** The lane of an integration; reset if it was empty. */
  of(integration: string, now: number): Lane {
    const known = this.#lanes.get(integration);
    if (known !== undefined) {
      if (isResting(known)) renew(known, now);
      return known;
    }
    if (this.#lanes.size >= spare + 2 * this.#busy) this.#letGo();
    const lane = newLane(integration, now);
    this.#lanes.set(integration, lane);
    return lane;
  }

  /** Steps a lane, see `step`. */
  step(lane: Lane, event: LaneEvent, moment: Moment): void {
    const wasResting = isResting(lane);
    step(lane, event, moment);
    this.#busy += Number(wasResting) - Number(isResting(lane));
  }

  #letGo(): void {
    for (const [integration, lane] of this.#lanes) if (isResting(lane)) this.#lanes.delete(integration);
  }
}
