import { type FileHandle, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { type Disk, type DiskFile, systemDisk } from '../../lib/storage/disk.js';

/** Operations of a disk. `appendFile` may write a part before it fails. */
export type DiskCall = 'appendFile' | 'datasync' | 'truncate';

/** A disk that fails on demand, for all files that this process has open. */
export interface FailingDisk {
  /**
   * Makes the next call of each of these fail, as often as it is listed. A failing append writes `partOf` (0 to 1)
   * first.
   */
  fail(calls: readonly DiskCall[], partOf?: number): void;
  /** Calls `happen` during the next call of this operation, before it is done. */
  during(call: DiskCall, happen: () => void): void;
  /** Ends all failures. */
  heal(): void;
}

/** Makes disks fail until the test ends. */
export async function failingDisk(atEnd: (end: () => unknown) => void): Promise<FailingDisk> {
  const file = await open(devNull);
  const prototype: object = Object.getPrototypeOf(file);
  await file.close();
  let due: DiskCall[] = [];
  let part = 0;
  const happening = new Map<DiskCall, () => void>();
  const error = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  for (const call of ['appendFile', 'datasync', 'truncate'] as const) {
    const original = Reflect.get(prototype, call);
    Reflect.set(prototype, call, async function (this: FileHandle, ...args: readonly unknown[]) {
      happening.get(call)?.();
      happening.delete(call);
      const at = due.indexOf(call);
      if (at < 0) return Reflect.apply(original, this, args);
      due.splice(at, 1);
      if (call === 'appendFile') {
        const bytes = args[0] instanceof Uint8Array ? args[0] : Buffer.from(String(args[0]));
        await Reflect.apply(original, this, [bytes.subarray(0, Math.floor(bytes.length * part))]);
      }
      throw error;
    });
    atEnd(() => Reflect.set(prototype, call, original));
  }
  return {
    fail: (calls, partOf = 0) => {
      due = [...due, ...calls];
      part = partOf;
    },
    during: (call, happen) => void happening.set(call, happen),
    heal: () => {
      due = [];
    },
  };
}

/** A disk on which every `close` reports an error. The file is closed all the same, as by close(2). */
export const closesWithError = (): Disk => {
  const failing = (file: DiskFile): DiskFile => {
    const { close } = file;
    return Object.assign(file, {
      close: async () => {
        await Reflect.apply(close, file, []);
        throw Object.assign(new Error('faulty'), { code: 'EIO' });
      },
    });
  };
  return {
    ...systemDisk,
    open: async (path) => failing(await systemDisk.open(path)),
    openExisting: async (path) => failing(await systemDisk.openExisting(path)),
  };
};
