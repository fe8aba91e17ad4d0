import { isResting, type Lane, newLane, renew } from './lane.js';
import type { LaneEvent } from './lane-event.js';
import type { Moment } from './lane-moves.js';
import { step } from './step.js';

/** How many lanes without messages are kept, beyond twice as many as have some: the names on the wire are unbounded. */
const spare = 256;

/**
 * The lanes, by integration. One whose messages have ended is kept for the next message: a `Map` that loses and gets an entry
 * with each message leaves a chain of its old tables to the garbage collector, which then takes longer than all else.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #busy = 0;

  /** Those that have messages. */
  get busy(): readonly Lane[] {
    return [...this.#lanes.values()].filter((lane) => !isResting(lane));
  }

  /** Whether none has a message. */
  get rest(): boolean {
    return this.#busy === 0;
  }

  /** How many there are, with those that rest. */
  get size(): number {
    return this.#lanes.size;
  }

  /** The lane of an integration; as good as new where it has no messages. */
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

  /** Something happened to this lane, see `step`. */
  step(lane: Lane, event: LaneEvent, moment: Moment): void {
    const wasResting = isResting(lane);
    step(lane, event, moment);
    this.#busy += Number(wasResting) - Number(isResting(lane));
  }

  #letGo(): void {
    for (const [integration, lane] of this.#lanes) if (isResting(lane)) this.#lanes.delete(integration);
  }
}
