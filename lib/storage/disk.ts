import { constants } from 'node:fs';
import { lstat, rename, rm } from 'node:fs/promises';
import { makeDirectory } from './make-directory.js';
import { openOwn } from './own-file.js';
import { syncDirectory } from './sync-directory.js';

/** The part of `FileHandle` (`node:fs/promises`) that files of lines use. */
export interface DiskFile {
  readFile(): Promise<Buffer>;
  read(into: Buffer, at: number, bytes: number, position: number): Promise<{ readonly buffer: Buffer }>;
  appendFile(data: string | Uint8Array): Promise<void>;
  datasync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  stat(): Promise<{ readonly size: number; readonly ino: number; readonly nlink: number }>;
  close(): Promise<void>;
}

/** Disk operations of files that survive a power cut. Each rejects with an error that {@link problemOf} describes. */
export interface Disk {
  /** Creates the directory of a file and those above it (mode 0700, as files there hold messages). */
  makeDirectory(path: string): Promise<unknown>;
  /** Opens a file of cvmqtt to read and append, see {@link openOwn}; creates it if missing (mode 0600). */
  open(path: string): Promise<DiskFile>;
  /** Opens an existing file. */
  openExisting(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; does nothing if it is missing. */
  remove(path: string): Promise<void>;
  /** Stats a file; a symbolic link itself, not its target. */
  stat(path: string): Promise<{ readonly ino: number }>;
  /** fsyncs a directory, see {@link syncDirectory}. */
  syncDirectory(path: string): Promise<void>;
}

const append = constants.O_RDWR | constants.O_APPEND;

/** The disk of this system. */
export const systemDisk: Disk = {
  makeDirectory: (path) => makeDirectory(path, 0o700),
  open: (path) => openOwn(path, append | constants.O_CREAT),
  openExisting: (path) => openOwn(path, append),
  rename,
  remove: (path) => rm(path, { force: true }),
  stat: lstat,
  syncDirectory,
};

/**
 * Closes a file, if there is one. Never rejects: what has to survive was flushed, and after an error the file is closed
 * all the same (close(2)).
 */
export const closeFile = async (file: DiskFile | undefined): Promise<void> => {
  await file?.close().catch(() => undefined);
};
