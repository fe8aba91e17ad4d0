import type { Random } from './random.js';

/** Code under test: for any bytes it must not throw, hang or return what its type doesn't declare. */
export interface Target {
  readonly name: string;
  /** Makes a valid input. */
  readonly make: (random: Random) => Buffer;
  /** Mutates an input in ways specific to its format, in addition to the mutations of bytes. */
  readonly mutate?: (input: Buffer, random: Random) => Buffer;
  /** Runs one input; throws or rejects when the code breaks a promise. */
  readonly run: (input: Buffer) => void | Promise<void>;
  /** The spec runs fewer cases, as each takes milliseconds. */
  readonly costly?: boolean;
}

/** Throws `broken: ` and `what` unless `kept`. */
export function check(kept: boolean, what: string): asserts kept {
  if (!kept) throw new Error(`broken: ${what}`);
}
