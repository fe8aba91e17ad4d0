import { Worker } from 'node:worker_threads';
import { Fifo } from '../util/fifo.js';
import { type PackedBatch, unpack } from './packed.js';
import type { Records } from './record.js';

/** What the thread tells. */
export type FromReader =
  /** `bytes` is how much of the file has been read so far. */
  | { readonly kind: 'batch'; readonly batch: PackedBatch; readonly bytes: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };

/** What the thread is started with. */
export interface ReaderTask {
  readonly path: string;
  /** So many batches may be read before the first is taken; each message to the thread makes room for one. */
  readonly ahead: number;
}

const ahead = 8;

/**
 * The records of a capture, as `openCapture` gives them, read in a thread of its own: what reads and what judges have a
 * core each. Rejects as `openCapture` does. The thread ends with the records, or when no more are asked for; `file` is its
 * program.
 */
export async function* readInThread(
  path: string,
  onRead: (bytes: number) => void,
  file = new URL('./reader-worker.js', import.meta.url),
): Records {
  const workerData: ReaderTask = { path, ahead };
  const thread = new Worker(file, { workerData });
  const told = new Fifo<FromReader>();
  let read = 0;
  let wake = (): void => undefined;
  let bug: Error | undefined;
  thread.on('message', (message: FromReader) => {
    told.push(message);
    wake();
  });
  thread.on('error', (error) => {
    bug = error;
    wake();
  });
  try {
    for (;;) {
      while (told.first === undefined && bug === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const next = told.shift();
      if (next === undefined) throw bug;
      if (next.kind === 'end') return;
      if (next.kind === 'failed') throw Object.assign(new Error(next.message), { code: next.code });
      thread.postMessage('more');
      onRead(next.bytes - read);
      read = next.bytes;
      yield unpack(next.batch);
    }
  } finally {
    await thread.terminate();
  }
}
