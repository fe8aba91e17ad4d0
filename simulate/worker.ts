import { parentPort } from 'node:worker_threads';
import { type Block, runBlock, watchRejections } from './block.js';
import { canRunMicrotasks, outsideMicrotasks } from './engine/microtasks.js';

/** Runs blocks of seeds, as it is asked to, in a thread of its own. */
if (parentPort !== null) {
  const port = parentPort;
  // The model disk throws often, and nobody reads where.
  Error.stackTraceLimit = 0;
  watchRejections();
  port.on('message', async (block: Block) => {
    const works = await outsideMicrotasks(canRunMicrotasks);
    if (!works) throw new Error('microtasks can not be run here');
    port.postMessage(await runBlock(block));
  });
}
