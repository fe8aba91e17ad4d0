import { Worker } from 'node:worker_threads';
import { type Finding, inputOf } from './run.js';
import type { Target } from './target.js';
import type { FuzzTask } from './worker.js';

/** Options for running a target. */
export interface ThreadOptions extends Omit<FuzzTask, 'target' | 'at'> {
  /** A case that takes longer than this hangs, ms of wall clock. */
  readonly hangMs: number;
}

/** Heap limit of the thread, MB. */
const maxHeapMb = 512;

/** Runs a target in a worker thread, which can be terminated when it hangs and whose memory is bounded. */
export const fuzzInThread = (
  target: Target,
  { hangMs, ...options }: ThreadOptions,
): Promise<{ readonly ran: number; readonly finding?: Finding }> =>
  new Promise((resolve) => {
    const at = new Int32Array(new SharedArrayBuffer(8));
    const workerData: FuzzTask = { ...options, target: target.name, at };
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    });
    const end = (finding?: Finding): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve({ ran: at[0] ?? 0, ...(finding && { finding }) });
    };
    const endLast = (problem: string): void => {
      const seed = (at[1] ?? 0) >>> 0;
      end({ target: target.name, seed, problem, input: inputOf(target, seed) });
    };
    let before = 0;
    const watch = setInterval(() => {
      const began = at[0] ?? 0;
      if (began > 0 && began === before) endLast(`broken: it hangs for ${hangMs} ms`);
      before = began;
    }, hangMs);
    worker.on('message', (told: Finding | 'clean') => end(told === 'clean' ? undefined : told));
    worker.on('error', (error) => endLast(`broken: the thread ended: ${error.message}`));
  });
