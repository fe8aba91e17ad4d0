import type { Accepted } from './spool-record.js';

/** Where a message is in the spool's file. */
export interface Slot {
  readonly id: number;
  readonly integration: string;
  readonly offset: number;
  /** With the line's end. */
  readonly bytes: number;
  /** Which targets have accepted the message since it was written. */
  readonly accepted?: Accepted;
}

/**
 * What is in the spool: the messages that wait in the file, in order for each integration, and those that were taken out
 * and are not settled. A pure account: the file is another matter.
 */
export class SpoolIndex {
  readonly #waiting = new Map<string, Slot[]>();
  readonly #taken = new Map<number, Slot>();
  #liveBytes = 0;
  #live = 0;

  /** Messages that are not settled. */
  get live(): number {
    return this.#live;
  }

  /** Their bytes in the file. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** The integrations with messages that wait. */
  get integrations(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** Whether messages for it wait, behind which new ones must queue. */
  has(integration: string): boolean {
    return this.#waiting.has(integration);
  }

  /** A message is in the file, behind all others of its integration. */
  add(slot: Slot): void {
    const queue = this.#waiting.get(slot.integration);
    if (queue === undefined) this.#waiting.set(slot.integration, [slot]);
    else queue.push(slot);
    this.#live += 1;
    this.#liveBytes += slot.bytes;
  }

  /** A message is in the file, and in the memory of who asks: it counts as taken out. */
  addTaken(slot: Slot): void {
    this.#taken.set(slot.id, slot);
    this.#live += 1;
    this.#liveBytes += slot.bytes;
  }

  /** Takes out the next ones of an integration, at most `most`, in order. */
  take(integration: string, most: number): readonly Slot[] {
    const queue = this.#waiting.get(integration) ?? [];
    const taken = queue.splice(0, most);
    if (queue.length === 0) this.#waiting.delete(integration);
    for (const slot of taken) this.#taken.set(slot.id, slot);
    return taken;
  }

  /** These that were taken out, the next ones of an integration, wait again. */
  putBack(integration: string, slots: readonly Slot[]): void {
    for (const { id } of slots) this.#taken.delete(id);
    this.#waiting.set(integration, [...slots, ...(this.#waiting.get(integration) ?? [])]);
  }

  /** These targets have accepted a message that was taken out. */
  note(id: number, accepted: Accepted): void {
    const slot = this.#taken.get(id);
    if (slot !== undefined) this.#taken.set(id, { ...slot, accepted });
  }

  /** A message that was taken out is settled; false for one that is not known. */
  done(id: number): boolean {
    const slot = this.#taken.get(id);
    if (slot === undefined) return false;
    this.#taken.delete(id);
    this.#live -= 1;
    this.#liveBytes -= slot.bytes;
    return true;
  }

  /** A message is not to be given out, whether it was taken out already or not; false for one that is not known. */
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

  /** All that is not settled, in order of the file. */
  slots(): readonly Slot[] {
    return [...this.#taken.values(), ...[...this.#waiting.values()].flat()].sort(
      (one, other) => one.offset - other.offset,
    );
  }

  /** The messages are elsewhere in the file, after it was written anew: the offsets, by id. */
  move(offsets: ReadonlyMap<number, number>): void {
    const moved = (slot: Slot): Slot => ({ ...slot, offset: offsets.get(slot.id) ?? slot.offset });
    for (const [id, slot] of this.#taken) this.#taken.set(id, moved(slot));
    for (const [integration, queue] of this.#waiting) this.#waiting.set(integration, queue.map(moved));
  }
}
