/** So many that were taken out are let go of at once: one by one, all behind them would move each time. */
const tidyAfter = 256;

/**
 * First in, first out, each in constant time. A `Map` or a `Set` would not do: to find the first key, they walk over all
 * that were deleted before it since they last grew.
 */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  /** All of them, in order. */
  get items(): readonly T[] {
    return this.#items.slice(this.#first).filter((item) => item !== undefined);
  }

  /** The one that is next. */
  get first(): T | undefined {
    return this.#items[this.#first];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first one out. */
  shift(): T | undefined {
    const { first } = this;
    if (this.size === 0) return undefined;
    this.#items[this.#first] = undefined;
    this.#first += 1;
    if (this.#first >= tidyAfter) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return first;
  }
}
