// The thread of `readInThread`: reads a capture and posts its batches, as far ahead as allowed.
import { parentPort, workerData } from 'node:worker_threads';
import { errorCode } from '../util/error-code.js';
import { openCapture } from './open.js';
import { pack } from './packed.js';
import type { FromReader, ReaderTask } from './reader-thread.js';

const read = async ({ path, ahead, choice }: ReaderTask): Promise<void> => {
  let room = ahead;
  let wake = (): void => undefined;
  let bytes = 0;
  parentPort?.on('message', () => {
    room += 1;
    wake();
  });
  const post = (message: FromReader, transferred: ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transferred);
  try {
    const onRead = (more: number): void => {
      bytes += more;
    };
    const records = openCapture(path, onRead, choice);
    for await (const batch of records) {
      while (room === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      room -= 1;
      const packed = pack(batch);
      post({ kind: 'batch', batch: packed, bytes }, [packed.numbers.buffer]);
    }
    post({ kind: 'end' });
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown error';
    post({ kind: 'failed', message, code: errorCode(error) });
  }
  parentPort?.close();
};

void read(workerData);
