import { Worker } from 'node:worker_threads';
import { Fifo } from '../util/fifo.js';
import { type PackedBatch, unpack } from './packed.js';
import type { ClientChoice } from './pcap/clients.js';
import type { Records } from './record.js';

/** A message from the thread. */
export type FromReader =
  /** `bytes`: how much of the file has been read so far. */
  | { readonly kind: 'batch'; readonly batch: PackedBatch; readonly bytes: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };

/** The thread's parameters. */
export interface ReaderTask {
  readonly path: string;
  /** How many batches may be read ahead; each message to the thread makes room for one more. */
  readonly ahead: number;
  readonly choice: ClientChoice | undefined;
}

const ahead = 8;

/**
 * Reads a capture like `openCapture`, but in a thread, so that reading and the pipeline each have a core. Rejects as
 * `openCapture` does. The thread ends with the records, or when the consumer stops. `file`: the program of the thread.
 */
export async function* readInThread(
  path: string,
  onRead: (bytes: number) => void,
  choice?: ClientChoice,
  file = new URL('./reader-worker.js', import.meta.url),
): Records {
  const workerData: ReaderTask = { path, ahead, choice };
  const thread = new Worker(file, { workerData });
  const messages = new Fifo<FromReader>();
  let read = 0;
  let wake = (): void => undefined;
  let bug: Error | undefined;
  thread.on('message', (message: FromReader) => {
    messages.push(message);
    wake();
  });
  thread.on('error', (error) => {
    bug = error;
    wake();
  });
  try {
    for (;;) {
      while (messages.first === undefined && bug === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const next = messages.shift();
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
