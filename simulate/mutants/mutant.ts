import type { Mutation } from '../bundle.js';
import type { Invariant } from '../ledger.js';
import type { FaultKind } from '../plan.js';
import type { Trait } from '../scheme.js';

/** A mechanism of the daemon, broken on purpose. */
export interface Mutant {
  readonly name: string;
  readonly mutations: readonly Mutation[];
  /** The invariants that it may violate. */
  readonly seenAs: readonly Invariant[];
  /** Faults and traits that expose it; all by default. */
  readonly only?: readonly (FaultKind | Trait)[];
}

/** A change of the source. */
export const change = (file: string, from: string, to: string): Mutation => ({ file, from, to });
