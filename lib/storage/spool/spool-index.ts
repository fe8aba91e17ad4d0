import type { Accepted } from './spool-record.js';

/** Position of a message in the spool's file. */
export interface Slot {
  readonly id: number;
  readonly integration: string;
  readonly offset: number;
  /** Length with the line end. */
  readonly bytes: number;
  /** Targets that have accepted the message since it was written. */
  readonly accepted?: Accepted;
}

/**
 * The messages in the spool: those waiting in the file, in order for each integration, and those taken and unsettled.
 * Pure: does no I/O.
 */
export class SpoolIndex {
  readonly #waiting = new Map<string, Slot[]>();
  readonly #taken = new Map<number, Slot>();
  #liveBytes = 0;
  #live = 0;

  /** Number of unsettled messages. */
  get live(): number {
    return this.#live;
  }

  /** Bytes of unsettled messages in the file. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Integrations with waiting messages. */
  get integrations(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** True if messages wait, behind which new ones must queue. */
  has(integration: string): boolean {
    return this.#waiting.has(integration);
  }

  /** Number of unsettled messages by integration. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [integration, queue] of this.#waiting) counts.set(integration, queue.length);
    for (const { integration } of this.#taken.values())
      counts.set(integration, (counts.get(integration) ?? 0) + 1);
    return counts;
  }

  /** Adds a message at the end of its integration's queue. */
  add(slot: Slot): void {
    const queue = this.#waiting.get(slot.integration);
    if (queue === undefined) this.#waiting.set(slot.integration, [slot]);
    else queue.push(slot);
    this.#live += 1;
    this.#liveBytes += slot.bytes;
  }

  /** Adds a pinned message: it counts as taken. */
  addTaken(slot: Slot): void {
    this.#taken.set(slot.id, slot);
    this.#live += 1;
    this.#liveBytes += slot.bytes;
  }

  /** Takes the next messages of an integration, at most `most`, in order. */
  take(integration: string, most: number): readonly Slot[] {
    const queue = this.#waiting.get(integration) ?? [];
    const taken = queue.splice(0, most);
    if (queue.length === 0) this.#waiting.delete(integration);
    for (const slot of taken) this.#taken.set(slot.id, slot);
    return taken;
  }

  /** Puts taken messages back at the front. */
  putBack(integration: string, slots: readonly Slot[]): void {
    for (const { id } of slots) this.#taken.delete(id);
    this.#waiting.set(integration, [...slots, ...(this.#waiting.get(integration) ?? [])]);
  }

  /** Notes which targets have accepted a taken message. */
  note(id: number, accepted: Accepted): void {
    const slot = this.#taken.get(id);
    if (slot !== undefined) this.#taken.set(id, { ...slot, accepted });
  }

  /** Settles a taken message; false if unknown. */
  done(id: number): boolean {
    const slot = this.#taken.get(id);
    if (slot === undefined) return false;
    this.#taken.delete(id);
    this.#live -= 1;
    this.#liveBytes -= slot.bytes;
    return true;
  }

  /** Settles a message, taken or not; false if unknown. */
  drop(id: number): boolean {
    for (const [integration, queue] of this.#waiting) {
      const slot = queue.find((each) => each.id === id);
      if (slot === undefined) continue;
      this.#taken.set(id, slot);
      if (queue.length === 1) this.#waiting.delete(integration);
      else queue.splice(queue.indexOf(slot), 1);
    }
    return this.done(id);
  }

  /** All unsettled messages, in file order. */
  slots(): readonly Slot[] {
    return [...this.#taken.values(), ...[...this.#waiting.values()].flat()].sort(
      (one, other) => one.offset - other.offset,
    );
  }

  /** Sets new offsets by id, after the file was rewritten. */
  move(offsets: ReadonlyMap<number, number>): void {
    const moved = (slot: Slot): Slot => ({ ...slot, offset: offsets.get(slot.id) ?? slot.offset });
    for (const [id, slot] of this.#taken) this.#taken.set(id, moved(slot));
    for (const [integration, queue] of this.#waiting) this.#waiting.set(integration, queue.map(moved));
  }
}
