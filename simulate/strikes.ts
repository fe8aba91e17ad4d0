import type { FaultKind, Moment } from './plan.js';

/** Circumstances that are counted like faults but aren't faults of their own. */
export const sideKinds = ['between-microtasks', 'qos-2', 'oversized', 'equal'] as const;

export type StrikeKind = FaultKind | (typeof sideKinds)[number];

/** How often a fault struck, and how often that made a difference to the state at that moment. */
export interface Struck {
  struck: number;
  mattered: number;
}

/** Counts the faults of one run or of many, also by the moment they struck at. */
export class Strikes {
  readonly counts: Record<string, Struck> = {};

  /** Counts a strike; whether it made a difference may be known later. */
  strike(kind: StrikeKind, on: Moment | undefined, matters: boolean): void {
    for (const key of on === undefined ? [kind] : [kind, `${kind} at ${on}`]) {
      const found = this.#of(key);
      found.struck += 1;
      if (matters) found.mattered += 1;
    }
  }

  /** An earlier strike turned out to make a difference. */
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
