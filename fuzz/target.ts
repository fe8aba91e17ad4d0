import type { Random } from './random.js';

/** What is fuzzed: it takes any bytes, and never throws, hangs, or gives what it does not declare. */
export interface Target {
  readonly name: string;
  /** A good input. */
  readonly make: (random: Random) => Buffer;
  /** Breaks an input in a way that its format invites; bytes are broken besides. */
  readonly mutate?: (input: Buffer, random: Random) => Buffer;
  /** Runs one input; throws, or rejects, where a promise of the code is broken. */
  readonly run: (input: Buffer) => void | Promise<void>;
  /** A spec runs fewer cases of it, as each takes ms. */
  readonly costly?: boolean;
}

/** Throws unless the promise that `what` says is kept. */
export function check(kept: boolean, what: string): asserts kept {
  if (!kept) throw new Error(`broken: ${what}`);
}
