import { dirname } from 'node:path';
import { closeFile, type Disk, type DiskFile, systemDisk } from '../disk.js';
import type { Slot } from './spool-index.js';

/**
 * An append-only file of lines, for one task at a time. An append is written completely or not at all, so the offset of
 * each line is known. Methods reject with the system's error.
 */
export class LineFile {
  readonly #path: string;
  readonly #disk: Disk;
  #file: DiskFile;
  #bytes = 0;
  /** True once the directory entry is on the disk. */
  #isNamed = true;

  private constructor(path: string, disk: Disk, file: DiskFile) {
    this.#path = path;
    this.#disk = disk;
    this.#file = file;
  }

  /** Opens the file; creates it and its directory if missing (mode 0600 and 0700, as lines contain messages). */
  static async open(path: string, disk = systemDisk): Promise<LineFile> {
    await disk.makeDirectory(dirname(path));
    const file = await disk.open(path);
    try {
      await disk.syncDirectory(dirname(path));
    } catch (error) {
      await closeFile(file);
      throw error;
    }
    return new LineFile(path, disk, file);
  }

  /** Size of the file, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns all complete lines of an earlier run. The next append truncates a last line that a power cut tore. */
  async recover(): Promise<Buffer> {
    const content = await this.#file.readFile();
    const whole = content.subarray(0, content.lastIndexOf(newline) + 1);
    this.#bytes = whole.length;
    return whole;
  }

  /** Appends and flushes lines; returns the offset of the first. */
  append(lines: string): Promise<number> {
    return this.#append(lines, true);
  }

  /** Appends lines without a flush: losing them in a power cut does no harm. */
  async note(lines: string): Promise<void> {
    await this.#append(lines, false);
  }

  /** Reads the line in a slot, without its end. */
  async line(slot: Slot): Promise<string> {
    return (await this.#read(slot)).toString('utf8', 0, slot.bytes - 1);
  }

  /** Truncates the file to nothing. */
  async empty(): Promise<void> {
    await this.#mend();
    await this.#file.truncate(0);
    this.#bytes = 0;
  }

  /**
   * Rewrites the file with only the lines in these slots; returns their new offsets by id. On failure the old file
   * stays.
   */
  async keep(slots: readonly Slot[]): Promise<ReadonlyMap<number, number>> {
    // Left by a crash, or foreign.
    await this.#disk.remove(`${this.#path}.tmp`);
    const fresh = await this.#disk.open(`${this.#path}.tmp`);
    const offsets = new Map<number, number>();
    let bytes = 0;
    try {
      for (const slot of slots) {
        const line = await this.#read(slot);
        // Whatever happened, the next line begins at the known offset.
        line[slot.bytes - 1] = newline;
        await fresh.appendFile(line);
        offsets.set(slot.id, bytes);
        bytes += slot.bytes;
      }
      await fresh.datasync();
      await this.#disk.rename(`${this.#path}.tmp`, this.#path);
    } catch (error) {
      await closeFile(fresh);
      throw error;
    }
    const old = this.#file;
    this.#file = fresh;
    this.#bytes = bytes;
    this.#isNamed = false;
    // The old file has the same lines: only the next append has to wait for the directory entry.
    await this.#name().catch(() => undefined);
    await closeFile(old);
    return offsets;
  }

  /** Closes the file, without bytes of a failed append: an earlier truncation may have failed. Never rejects. */
  async close(): Promise<void> {
    await this.#mend().catch(() => undefined);
    await this.leave();
  }

  /** Closes the file as it is. Never rejects. */
  leave(): Promise<void> {
    return closeFile(this.#file);
  }

  async #read({ offset, bytes }: Slot): Promise<Buffer> {
    const { buffer } = await this.#file.read(Buffer.alloc(bytes), 0, bytes, offset);
    return buffer;
  }

  async #append(lines: string, onDisk: boolean): Promise<number> {
    await this.#mend();
    const offset = this.#bytes;
    try {
      await this.#file.appendFile(lines);
      if (onDisk) await this.#file.datasync();
      this.#bytes += Buffer.byteLength(lines);
      return offset;
    } catch (error) {
      // Part of it may be in the file.
      await this.#file.truncate(offset).catch(() => undefined);
      throw error;
    }
  }

  /** Truncates bytes left by a failed append, so that known offsets stay valid. */
  async #mend(): Promise<void> {
    const { size, nlink } = await this.#file.stat();
    // Bytes of a failed append that could not be truncated.
    if (size > this.#bytes) await this.#file.truncate(this.#bytes);
    // Another program truncated it.
    if (size < this.#bytes) {
      await this.#file.truncate(this.#bytes - 1);
      await this.#file.appendFile('\n');
    }
    // It was deleted or replaced, or a rewrite succeeded though the disk reported a failure.
    if (nlink === 0) await this.keep([{ id: 0, integration: '', offset: 0, bytes: this.#bytes }]);
    await this.#name();
  }

  async #name(): Promise<void> {
    if (this.#isNamed) return;
    await this.#disk.syncDirectory(dirname(this.#path));
    this.#isNamed = true;
  }
}

const newline = '\n'.charCodeAt(0);
