import { Conversation } from './conversation.js';
import { endpointText, type Segment } from './segment.js';
import type { Said } from './session.js';
import type { Moment } from './step.js';

/** How many bytes may wait for missing ones, over all connections; beyond it, the longest silent connection is dropped. */
const maxWaitingBytes = 67_108_864;

/** The maximum number of connections tracked at the same time. */
const maxConnections = 10_000;

/** How many packets later in the file missing bytes may still come, once they are acknowledged. */
const patience = 1_024;

/** What was said on a connection. */
export interface Told {
  readonly from: Conversation;
  readonly said: Said;
}

/** The TCP connections of a packet capture; `onEnd` is called for each at its end. */
export class Connections {
  readonly #onEnd: (connection: Conversation) => void;
  /** In order of their last segment, the latest last. */
  readonly #open = new Map<string, Conversation>();
  /** Those that wait for something that seems lost, with the packet since which they do; the oldest first. */
  readonly #stalled = new Map<Conversation, number>();
  #waiting = 0;

  constructor(onEnd: (connection: Conversation) => void) {
    this.#onEnd = onEnd;
  }

  /** Takes the next segment in the order of the file. */
  take(segment: Segment, moment: Moment): readonly Told[] {
    const [one, other] = [endpointText(segment.from), endpointText(segment.to)];
    const key = one < other ? `${one} ${other}` : `${other} ${one}`;
    const known = this.#open.get(key);
    const told: Told[] = [];
    const isNew = known === undefined || known.isOfAnother(segment);
    if (known !== undefined && isNew) told.push(...this.#end(key, known));
    const from = isNew ? new Conversation(segment, moment) : known;
    this.#waiting -= from.waiting;
    for (const said of from.take(segment, moment)) told.push({ from, said });
    this.#waiting += from.waiting;
    // Closed connections are kept: their late retransmissions don't begin a new one.
    this.#open.delete(key);
    this.#open.set(key, from);
    if (!from.isStalled) this.#stalled.delete(from);
    else if (!this.#stalled.has(from)) this.#stalled.set(from, moment.number);
    while (this.#waiting > maxWaitingBytes || this.#open.size > maxConnections) {
      const [oldest] = this.#open;
      if (oldest === undefined) break;
      told.push(...this.#end(...oldest));
    }
    return told;
  }

  /** Gives up what is missing for too long, at the packet of this number. */
  overdue(number: number): readonly Told[] {
    const told: Told[] = [];
    for (const [from, first] of this.#stalled) {
      if (number - first < patience) break;
      this.#stalled.delete(from);
      // By now, it may be something else that is missing.
      const since = from.stalledSince ?? number;
      if (number - since < patience) {
        if (from.isStalled) this.#stalled.set(from, since);
        continue;
      }
      this.#waiting -= from.waiting;
      for (const said of from.giveUp()) told.push({ from, said });
      this.#waiting += from.waiting;
    }
    return told;
  }

  /** The end of the file. */
  ended(): readonly Told[] {
    return [...this.#open].flatMap(([key, conversation]) => this.#end(key, conversation));
  }

  #end(key: string, from: Conversation): readonly Told[] {
    this.#open.delete(key);
    this.#stalled.delete(from);
    this.#waiting -= from.waiting;
    const told = from.ended().map((said) => ({ from, said }));
    this.#onEnd(from);
    return told;
  }
}
