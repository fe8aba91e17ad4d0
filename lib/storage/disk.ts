import { constants } from 'node:fs';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { openOwn } from './own-file.js';
import { syncDirectory } from './sync-directory.js';

/** An open file, as far as files of lines need it; see `FileHandle` of `node:fs/promises`. */
export interface DiskFile {
  readFile(): Promise<Buffer>;
  read(into: Buffer, at: number, bytes: number, position: number): Promise<{ readonly buffer: Buffer }>;
  appendFile(data: string | Uint8Array): Promise<void>;
  datasync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  stat(): Promise<{ readonly size: number; readonly ino: number; readonly nlink: number }>;
  close(): Promise<void>;
}

/** A disk: what files that survive a power cut are made of. Each function rejects with what {@link problemOf} has in words. */
export interface Disk {
  /** Makes the directory that a file is in, with those above it (mode 0700, as files there hold messages). */
  makeDirectory(path: string): Promise<unknown>;
  /** Opens a file of our own to read and to append, see {@link openOwn}; it is made where there is none (mode 0600). */
  open(path: string): Promise<DiskFile>;
  /** Opens a file that is there. */
  openExisting(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes what is there, if anything is. */
  remove(path: string): Promise<void>;
  /** Of a link, what the link is. */
  stat(path: string): Promise<{ readonly ino: number }>;
  /** Has the names in a directory on the disk, see {@link syncDirectory}. */
  syncDirectory(path: string): Promise<void>;
}

const append = constants.O_RDWR | constants.O_APPEND;

/** The disk of this machine. */
export const systemDisk: Disk = {
  makeDirectory: (path) => mkdir(path, { recursive: true, mode: 0o700 }),
  open: (path) => openOwn(path, append | constants.O_CREAT),
  openExisting: (path) => openOwn(path, append),
  rename,
  remove: (path) => rm(path, { force: true }),
  stat: lstat,
  syncDirectory,
};
