import type { Disk, DiskFile } from './disk.js';
import type { WholeFiles } from './whole-files.js';

/** Reports the bytes that are given to a file, as they are given. */
export type Written = (bytes: number) => void;

/** A disk that reports what is written to it. */
export const countedDisk = (disk: Disk, written: Written): Disk => ({
  ...disk,
  open: async (path) => countedFile(await disk.open(path), written),
  openExisting: async (path) => countedFile(await disk.openExisting(path), written),
});

const countedFile = (file: DiskFile, written: Written): DiskFile => ({
  readFile: () => file.readFile(),
  read: (into, at, bytes, position) => file.read(into, at, bytes, position),
  appendFile: (data) => {
    written(Buffer.byteLength(data));
    return file.appendFile(data);
  },
  datasync: () => file.datasync(),
  truncate: (bytes) => file.truncate(bytes),
  stat: () => file.stat(),
  close: () => file.close(),
});

/** Files that report what is written to them. */
export const countedFiles = (files: WholeFiles, written: Written): WholeFiles => ({
  ...files,
  write: (path, content) => {
    written(Buffer.byteLength(content));
    return files.write(path, content);
  },
});
