import { seeded } from '../spec/rig/seeded.js';

/** Pseudo-random numbers of a case, the same for the same seed. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  /** One of `all`, which must not be empty. */
  pick<A>(all: readonly A[]): A {
    const picked = all[this.below(all.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }
}
