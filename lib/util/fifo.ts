/** Compacts after this many removals: compacting after each would move all items each time. */
const compactAfter = 256;

/**
 * A queue with constant-time push and shift. A `Map` or `Set` would not do: to find the first key, it walks over all keys
 * deleted since it was last rehashed.
 */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  /** All items, in order. */
  get items(): readonly T[] {
    return this.#items.slice(this.#first).filter((item) => item !== undefined);
  }

  /** The next item; undefined if empty. */
  get first(): T | undefined {
    return this.#items[this.#first];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Removes and returns the next item; undefined if empty. */
  shift(): T | undefined {
    const { first } = this;
    if (this.size === 0) return undefined;
    this.#items[this.#first] = undefined;
    this.#first += 1;
    if (this.#first >= compactAfter) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return first;
  }
}
