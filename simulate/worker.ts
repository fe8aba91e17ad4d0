import { parentPort } from 'node:worker_threads';
import { type Block, runBlock, watchRejections } from './block.js';
import { canRunMicrotasks, outsideMicrotasks } from './engine/microtasks.js';

/** Runs the blocks of seeds that it is sent, in a worker thread. */
if (parentPort !== null) {
  const port = parentPort;
  // The model disk throws often, and its stack traces are never read.
  Error.stackTraceLimit = 0;
  watchRejections();
  port.on('message', async (block: Block) => {
    const works = await outsideMicrotasks(canRunMicrotasks);
    if (!works) throw new Error('microtasks can not be run here');
    port.postMessage(await runBlock(block));
  });
}
