import type { FaultKind, Moment } from './plan.js';

/** What has no fault of its own, and counts all the same. */
export const sideKinds = ['between-microtasks', 'qos-2', 'oversized', 'equal'] as const;

export type StrikeKind = FaultKind | (typeof sideKinds)[number];

/** How often a fault struck, and how often in a state where it mattered. */
export interface Struck {
  struck: number;
  mattered: number;
}

/** The faults of one run or of many; those that strike at a moment count for that, too. */
export class Strikes {
  readonly counts: Record<string, Struck> = {};

  /** It strikes; whether that matters may show later. */
  strike(kind: StrikeKind, on: Moment | undefined, matters: boolean): void {
    for (const key of on === undefined ? [kind] : [kind, `${kind} at ${on}`]) {
      const found = this.#of(key);
      found.struck += 1;
      if (matters) found.mattered += 1;
    }
  }

  /** One that struck before mattered. */
  mattered(kind: StrikeKind): void {
    this.#of(kind).mattered += 1;
  }

  add(counts: Readonly<Record<string, Struck>>): void {
    for (const [key, { struck, mattered }] of Object.entries(counts)) {
      const found = this.#of(key);
      found.struck += struck;
      found.mattered += mattered;
    }
  }

  #of(key: string): Struck {
    const found = this.counts[key];
    if (found !== undefined) return found;
    const fresh = { struck: 0, mattered: 0 };
    this.counts[key] = fresh;
    return fresh;
  }
}
