/** How many steps of time there are at most. */
const steps = 2_048;

/** How many cells there are at most. */
const mostCells = 60_000;

/** Messages that arrived in one step of time and were settled in one, counted. */
export interface Cell {
  readonly group: number;
  /** The beginnings of the steps, ms. */
  readonly at: number;
  readonly settledAt: number;
  readonly count: number;
}

/**
 * Counts of messages by group and by time, in bounded room: the steps of time become longer as there are more. They are
 * powers of two counted from 0, as are the columns of the page, so that each of its columns has whole cells.
 */
export class Cells {
  #stepMs = 1 / 16;
  #counts = new Map<number, number>();

  get stepMs(): number {
    return this.#stepMs;
  }

  /** Counts a message of a group: a whole number. Times are ms, 0 or more. */
  add(group: number, at: number, settledAt: number): void {
    const last = Math.max(at, settledAt);
    while (last / this.#stepMs >= steps) this.#widen();
    this.#count(group, Math.floor(at / this.#stepMs), Math.floor(settledAt / this.#stepMs), 1);
    while (this.#counts.size > mostCells && this.#widen()) {}
  }

  *cells(): Iterable<Cell> {
    for (const [key, count] of this.#counts) {
      const [group, at, settledAt] = partsOf(key);
      yield { group, at: at * this.#stepMs, settledAt: settledAt * this.#stepMs, count };
    }
  }

  #count(group: number, at: number, settledAt: number, count: number): void {
    const key = (group * steps + at) * steps + settledAt;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  /** Doubles the steps. False if that joins no cells any more: then there are as many groups. */
  #widen(): boolean {
    const before = this.#counts;
    this.#counts = new Map();
    this.#stepMs *= 2;
    for (const [key, count] of before) {
      const [group, at, settledAt] = partsOf(key);
      this.#count(group, Math.floor(at / 2), Math.floor(settledAt / 2), count);
    }
    return this.#counts.size < before.size;
  }
}

const partsOf = (key: number): readonly [number, number, number] => [
  Math.floor(key / steps / steps),
  Math.floor(key / steps) % steps,
  key % steps,
];
