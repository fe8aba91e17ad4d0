import type { DiskFile } from '../../lib/storage/disk.js';
import type { DiskCall } from '../plan.js';
import type { Inode } from './inodes.js';

/** Performs a disk call; `part` does as much of it as a crash in the middle leaves. */
export type AskDisk = <A>(kind: DiskCall, effect: () => A, part?: (of: number) => void) => Promise<A>;

/** Free space. */
export interface Space {
  /** Bytes that may still be appended. */
  room: number;
  readonly ranOut: () => void;
}

/** An open file of the model disk. Its calls reject with a system error, as in Node.js. */
export const modelFile = (inode: Inode, ask: AskDisk, space: Space): DiskFile => {
  const append = (bytes: Uint8Array): void => {
    inode.content = Buffer.concat([inode.content, bytes]);
  };
  return {
    readFile: () => ask('read', () => Buffer.from(inode.content)),
    read: (into, at, bytes, position) =>
      ask('read', () => {
        inode.content.copy(into, at, position, position + bytes);
        return { buffer: into };
      }),
    appendFile: (data) => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data);
      return ask(
        'append',
        () => {
          if (bytes.length > space.room) {
            append(bytes.subarray(0, space.room));
            space.room = 0;
            space.ranOut();
            throw systemError('ENOSPC');
          }
          space.room -= bytes.length;
          append(bytes);
        },
        (of) => append(bytes.subarray(0, Math.floor(bytes.length * of))),
      );
    },
    datasync: () =>
      ask('flush', () => {
        inode.flushed = inode.content;
      }),
    truncate: (bytes) =>
      ask('truncate', () => {
        const cut = inode.content.subarray(0, bytes);
        inode.content = cut.length === bytes ? cut : Buffer.concat([cut, Buffer.alloc(bytes - cut.length)]);
      }),
    stat: () => ask('other', () => ({ size: inode.content.length, ino: inode.ino, nlink: inode.links })),
    close: () => ask('other', () => undefined),
  };
};

/** An error of a system call. */
export const systemError = (code: string): Error => Object.assign(new Error(code), { code });
