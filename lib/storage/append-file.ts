import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../util/error-code.js';
import { closeFile, type Disk, type DiskFile, systemDisk } from './disk.js';
import { problemOf } from './own-file.js';

/** Path and size limit of an append-only file. */
export interface AppendFileOptions {
  readonly path: string;
  /** Beyond this size the file is moved to `<path>.1`, replacing the one there. */
  readonly maxBytes: number;
}

interface Pending {
  readonly line: string;
  readonly done: (result: E.Either<string, void>) => void;
}

const newline = '\n'.charCodeAt(0);

/**
 * A file of lines that survive a power cut: an append resolves once its line is on the disk. Lines appended during a
 * flush share the next one. The first append creates the file and its directory (mode 0600 and 0700, as lines contain
 * messages); after an error the next append reopens the file, and a torn line does not corrupt the next.
 */
export class AppendFile {
  readonly #options: AppendFileOptions;
  readonly #disk: Disk;
  readonly #pending: Pending[] = [];
  #file: DiskFile | undefined;
  #inode = 0;
  /** True once the directory entry is on the disk. */
  #isNamed = false;
  #bytes = 0;
  #writing: Promise<void> | undefined;

  constructor(options: AppendFileOptions, disk = systemDisk) {
    this.#options = options;
    this.#disk = disk;
  }

  /** Appends a line, given without its end. Left is the error; never rejects. */
  append(line: string): Promise<E.Either<string, void>> {
    return new Promise((done) => {
      this.#pending.push({ line, done });
      this.#writing ??= this.#writeAll();
    });
  }

  /**
   * Terminates a last line that a power cut tore, so that readers see one broken line; otherwise writes and creates
   * nothing. Left is why appends to an existing file would fail; never rejects.
   */
  async repair(): Promise<E.Either<string, void>> {
    const repaired = this.#writing === undefined ? this.#endTorn() : E.right(undefined);
    this.#writing ??= Promise.resolve(repaired).then(() => this.#writeAll());
    return repaired;
  }

  /** Writes pending lines and closes the file. */
  async close(): Promise<void> {
    await this.#writing;
    await closeFile(this.#file);
    this.#file = undefined;
  }

  async #endTorn(): Promise<E.Either<string, void>> {
    let file: DiskFile | undefined;
    try {
      file = await this.#disk.openExisting(this.#options.path);
      const { size } = await file.stat();
      if (await endsTorn(file, size)) {
        await file.appendFile('\n');
        await file.datasync();
      }
      return E.right(undefined);
    } catch (error) {
      return errorCode(error) === 'ENOENT' ? E.right(undefined) : this.#failed(error);
    } finally {
      await closeFile(file);
    }
  }

  #failed(error: unknown): E.Either<string, never> {
    return E.left(`${this.#options.path}: ${problemOf(error)}`);
  }

  async #writeAll(): Promise<void> {
    // Lines appended in the same turn share the first flush.
    await undefined;
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, this.#countOfBatch());
      const result = await this.#write(batch.map(({ line }) => `${line}\n`).join(''));
      for (const { done } of batch) done(result);
    }
    this.#writing = undefined;
  }

  /** Number of pending lines to write at once: as many as the file still has room for, else as many as fit a new one. */
  #countOfBatch(): number {
    const { maxBytes } = this.#options;
    return this.#countWithin(maxBytes - this.#bytes) || Math.max(1, this.#countWithin(maxBytes));
  }

  #countWithin(room: number): number {
    let bytes = 0;
    const over = this.#pending.findIndex(({ line }) => {
      bytes += Buffer.byteLength(line) + 1;
      return bytes > room;
    });
    return over === -1 ? this.#pending.length : over;
  }

  async #write(text: string): Promise<E.Either<string, void>> {
    try {
      const bytes = Buffer.byteLength(text);
      let file = await this.#open();
      if (this.#bytes > 0 && this.#bytes + bytes > this.#options.maxBytes) file = await this.#rotate(file);
      await file.appendFile(text);
      await file.datasync();
      this.#bytes += bytes;
      return E.right(undefined);
    } catch (error) {
      const file = this.#file;
      this.#file = undefined;
      await closeFile(file);
      return this.#failed(error);
    }
  }

  async #open(): Promise<DiskFile> {
    const { path } = this.#options;
    const there = await this.#disk.stat(path).catch(() => undefined);
    if (this.#file !== undefined && there?.ino === this.#inode) return this.#file;
    // It was deleted or moved.
    await closeFile(this.#file);
    await this.#disk.makeDirectory(dirname(path));
    const file = await this.#disk.open(path);
    this.#file = file;
    // An earlier run may have ended before that, or another program may have replaced it.
    this.#isNamed &&= there?.ino === this.#inode;
    if (!this.#isNamed) await this.#disk.syncDirectory(dirname(path));
    this.#isNamed = true;
    const { size, ino } = await file.stat();
    this.#bytes = size;
    this.#inode = ino;
    if (await endsTorn(file, this.#bytes)) {
      await file.appendFile('\n');
      this.#bytes += 1;
    }
    return file;
  }

  async #rotate(full: DiskFile): Promise<DiskFile> {
    const { path } = this.#options;
    this.#file = undefined;
    await closeFile(full);
    await this.#disk.rename(path, `${path}.1`);
    return this.#open();
  }
}

const endsTorn = async (file: DiskFile, bytes: number): Promise<boolean> => {
  if (bytes === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, bytes - 1);
  return buffer[0] !== newline;
};
