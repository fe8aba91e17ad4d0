import { Worker } from 'node:worker_threads';
import type { Block, BlockResult } from './block.js';

/** What a pool runs, and with how many workers. */
export interface PoolDeps {
  /** Path of the worker's bundle. */
  readonly bundle: string;
  readonly workers: number;
  /** The next seeds to run; undefined when there are no more. */
  readonly next: () => Block | undefined;
  readonly done: (result: BlockResult) => void | Promise<void>;
}

/** A block that takes longer than this hangs, ms. */
const blockMs = 120_000;

/** Runs blocks on several cores until there are no more. Rejects with the error of a worker. */
export const runPool = async ({ bundle, workers, next, done }: PoolDeps): Promise<void> => {
  const one = async (): Promise<void> => {
    let hangs: NodeJS.Timeout | undefined;
    const worker = new Worker(bundle, { resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    try {
      for (let block = next(); block !== undefined; block = next()) {
        await done(
          await new Promise<BlockResult>((resolve, reject) => {
            worker.removeAllListeners();
            clearTimeout(hangs);
            hangs = setTimeout(() => reject(new Error(`hangs: ${JSON.stringify(block)}`)), blockMs);
            worker.once('message', resolve);
            worker.once('error', reject);
            worker.postMessage(block);
          }),
        );
      }
    } finally {
      clearTimeout(hangs);
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, one));
};
