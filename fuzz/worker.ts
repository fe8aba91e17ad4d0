import { parentPort, workerData } from 'node:worker_threads';
import * as t from 'io-ts';
import { runCases } from './run.js';
import type { Target } from './target.js';

const Task = t.type({
  /** Module that exports the targets. */
  module: t.string,
  target: t.string,
  seed: t.number,
  /** Maximum number of cases. */
  cases: t.number,
  ms: t.number,
});

/** Input of the worker thread. */
export interface FuzzTask extends t.TypeOf<typeof Task> {
  /** Shared with the caller: number of cases started, and the seed of the last one. */
  readonly at: Int32Array;
}

const task: unknown = workerData;
if (!Task.is(task) || !('at' in task) || !(task.at instanceof Int32Array)) throw new Error('no task');
const { at } = task;
const { targets }: { readonly targets: readonly Target[] } = await import(task.module);
const target = targets.find(({ name }) => name === task.target);
if (target === undefined) throw new Error(`no target ${task.target}`);

function* seeds({ seed, cases, ms }: t.TypeOf<typeof Task>): Generator<number> {
  const until = performance.now() + ms;
  for (let n = 0; n < cases && performance.now() < until; n += 1) yield (seed + n) >>> 0;
}

const finding = await runCases(target, seeds(task), (seed) => {
  at[1] = seed;
  Atomics.add(at, 0, 1);
});
parentPort?.postMessage(finding ?? 'clean');
