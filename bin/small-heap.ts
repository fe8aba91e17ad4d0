import { setFlagsFromString } from 'node:v8';

/** By how much the heap may grow before V8 looks at all of it for garbage. */
const heapGrowingPercent = 40;

/**
 * Keeps the heap small from now on: what is allocated between two looks for garbage grows no more, and the heap by less. V8
 * chooses for programs that have the machine for themselves; what this costs is in docs/memory.md. Call it when what the
 * daemon needs is loaded: with flags other than its own, Node.js compiles its modules anew, which takes longer than all that
 * the daemon does at its start.
 */
export const keepHeapSmall = (): void => {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`);
};
