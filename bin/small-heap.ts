import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow, percent, before V8 runs a full garbage collection. */
const heapGrowingPercent = 40;

/**
 * Keeps the process small from now on: the young generation stops growing, full collections come earlier, and Maglev,
 * V8's middle compiler from Node.js 22 on, stays off. V8's defaults suit programs that have the machine to themselves;
 * docs/memory.md measures the cost. Call it once everything is loaded: with changed flags Node.js ignores its compile
 * cache, which would take longer than the daemon's whole start.
 */
export const keepHeapSmall = (): void => {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-maglev');
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`);
};
