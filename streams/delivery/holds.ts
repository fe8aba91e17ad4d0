import type { Held, Released } from '../../lib/rules/delivery/hold.js';
import { isResting, type Lane } from '../../lib/rules/delivery/lane.js';
import type { Message } from '../../lib/rules/message/decode.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';

/** A lane whose messages are held. */
interface Hold {
  readonly since: number;
  readonly first: Message;
}

/**
 * Reports when the messages of a lane begin to be held, and when their app has registered: once for a lane, however many
 * messages wait in it. A hold that ends without the app is not reported, as its messages are dead letters then. Looks at lanes
 * after their steps, and changes none.
 */
export class Holds {
  readonly #report: (event: Held | Released) => void;
  readonly #holds = new Map<Lane, Hold>();
  #integrations: IntegrationSet = new Map();

  constructor(report: (event: Held | Released) => void) {
    this.#report = report;
  }

  /** The live set changed. */
  setChanged(integrations: IntegrationSet): void {
    this.#integrations = integrations;
  }

  /** A lane was stepped at `now`. Called a few times for each message. */
  stepped(lane: Lane, now: number): void {
    const isWaiting = lane.state === 'for-registration';
    if (!isWaiting && this.#holds.size === 0) return;
    const hold = this.#holds.get(lane);
    if (hold === undefined) {
      if (isWaiting) this.#begin(lane, now);
    } else if (lane.heldSince === undefined) this.#release(lane, hold, now);
    else if (isResting(lane)) this.#holds.delete(lane);
  }

  #begin(lane: Lane, now: number): void {
    const first = lane.front[0]?.deliverable.message;
    if (first === undefined) return;
    this.#holds.set(lane, { since: now, first });
    this.#report({
      kind: 'held',
      message: first,
      waitMs: lane.wakeAt - now,
      integrations: this.#integrations,
    });
  }

  #release(lane: Lane, { since, first }: Hold, now: number): void {
    const { front, rest, isOnDisk } = lane;
    this.#holds.delete(lane);
    this.#report({
      kind: 'released',
      message: first,
      afterMs: now - since,
      messages: front.length + rest.length,
      andSpooled: isOnDisk,
    });
  }
}
