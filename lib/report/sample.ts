/** The items of one group that are kept: every `stride`th one of those seen. */
interface Stratum<T> {
  items: T[];
  size: number;
  stride: number;
  seen: number;
}

/**
 * A sample in bounded room: small groups are kept whole, and the largest ones are thinned evenly, by halves. What is few
 * is therefore never lost among what is many.
 */
export class Sample<Group, T> {
  readonly #room: number;
  readonly #sizeOf: (item: T) => number;
  readonly #dropped: (group: Group, item: T) => void;
  readonly #strata = new Map<Group, Stratum<T>>();
  #size = 0;

  /** `room`: the sum of the sizes that is kept. `dropped` gets each item that was kept and no longer is. */
  constructor(room: number, sizeOf: (item: T) => number, dropped: (group: Group, item: T) => void) {
    this.#room = room;
    this.#sizeOf = sizeOf;
    this.#dropped = dropped;
  }

  /** Whether the next item of a group is kept: if so, it must be given to {@link keep}. */
  takesNext(group: Group): boolean {
    const stratum = this.#stratumOf(group);
    stratum.seen += 1;
    return (stratum.seen - 1) % stratum.stride === 0;
  }

  keep(group: Group, item: T): void {
    const stratum = this.#stratumOf(group);
    const size = this.#sizeOf(item);
    stratum.items.push(item);
    stratum.size += size;
    this.#size += size;
    if (this.#size > this.#room) this.#thin();
  }

  *items(): Iterable<T> {
    for (const { items } of this.#strata.values()) yield* items;
  }

  #stratumOf(group: Group): Stratum<T> {
    const known = this.#strata.get(group);
    if (known !== undefined) return known;
    const made: Stratum<T> = { items: [], size: 0, stride: 1, seen: 0 };
    this.#strata.set(group, made);
    return made;
  }

  /** Drops every second item of the largest groups, until there is room for a while. */
  #thin(): void {
    const largest = [...this.#strata].sort(([, one], [, other]) => other.size - one.size);
    for (const [group, stratum] of largest) {
      if (this.#size <= this.#room * 0.9) return;
      const gone = stratum.items.filter((_, index) => index % 2 === 1);
      stratum.items = stratum.items.filter((_, index) => index % 2 === 0);
      stratum.stride *= 2;
      const size = gone.reduce((sum, item) => sum + this.#sizeOf(item), 0);
      stratum.size -= size;
      this.#size -= size;
      for (const item of gone) this.#dropped(group, item);
    }
  }
}
