import { dirname } from 'node:path';
import { type Disk, type DiskFile, systemDisk } from '../disk.js';
import type { Slot } from './spool-index.js';

/**
 * An append-only file of lines, for one task at a time. What is appended is there as a whole or not at all, so that where
 * each line begins is known. Each method rejects with what the system says.
 */
export class LineFile {
  readonly #path: string;
  readonly #disk: Disk;
  #file: DiskFile;
  #bytes = 0;
  /** Whether a power cut leaves this file under its name. */
  #isNamed = true;

  private constructor(path: string, disk: Disk, file: DiskFile) {
    this.#path = path;
    this.#disk = disk;
    this.#file = file;
  }

  /** Opens the file, with its directory; both are made where there is none (mode 0600 and 0700, as lines hold messages). */
  static async open(path: string, disk = systemDisk): Promise<LineFile> {
    await disk.makeDirectory(dirname(path));
    const file = await disk.open(path);
    await disk.syncDirectory(dirname(path));
    return new LineFile(path, disk, file);
  }

  /** Its size. */
  get bytes(): number {
    return this.#bytes;
  }

  /** All whole lines that an earlier run left; a last one that a power cut has torn is cut off. */
  async recover(): Promise<Buffer> {
    const content = await this.#file.readFile();
    const whole = content.subarray(0, content.lastIndexOf(newline) + 1);
    if (whole.length < content.length) await this.#file.truncate(whole.length);
    this.#bytes = whole.length;
    return whole;
  }

  /** Appends lines, and has them on the disk; the result is where they begin. */
  append(lines: string): Promise<number> {
    return this.#append(lines, true);
  }

  /** Appends lines whose loss in a power cut does no harm. */
  async note(lines: string): Promise<void> {
    await this.#append(lines, false);
  }

  /** The line in a slot, without its end. */
  async line(slot: Slot): Promise<string> {
    return (await this.#read(slot)).toString('utf8', 0, slot.bytes - 1);
  }

  /** Cuts off all lines. */
  async empty(): Promise<void> {
    await this.#mend();
    await this.#file.truncate(0);
    this.#bytes = 0;
  }

  /** Writes the file anew, with the lines in these slots alone: their new offsets, by id. Until then it is as it was. */
  async keep(slots: readonly Slot[]): Promise<ReadonlyMap<number, number>> {
    // What is there was left by a crash, or put there by somebody.
    await this.#disk.remove(`${this.#path}.tmp`);
    const fresh = await this.#disk.open(`${this.#path}.tmp`);
    const offsets = new Map<number, number>();
    let bytes = 0;
    try {
      for (const slot of slots) {
        const line = await this.#read(slot);
        // Whatever has become of it, the next one begins where it is said to.
        line[slot.bytes - 1] = newline;
        await fresh.appendFile(line);
        offsets.set(slot.id, bytes);
        bytes += slot.bytes;
      }
      await fresh.datasync();
      await this.#disk.rename(`${this.#path}.tmp`, this.#path);
    } catch (error) {
      await fresh.close();
      throw error;
    }
    const old = this.#file;
    this.#file = fresh;
    this.#bytes = bytes;
    this.#isNamed = false;
    // The old file has the same lines: only what is appended has to wait for the name.
    await this.#name().catch(() => undefined);
    await old.close().catch(() => undefined);
    return offsets;
  }

  /** Closes the file, without what could not be appended: an earlier attempt to cut that off may have failed. */
  async close(): Promise<void> {
    await this.#mend().catch(() => undefined);
    await this.#file.close();
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
      // A part of it may be in the file.
      await this.#file.truncate(offset).catch(() => undefined);
      throw error;
    }
  }

  /** Makes the file as long as it is known to be, so that lines are where they were, and the next one is a line. */
  async #mend(): Promise<void> {
    const { size, nlink } = await this.#file.stat();
    // A part of what could not be appended, and could not be cut off.
    if (size > this.#bytes) await this.#file.truncate(this.#bytes);
    // Somebody has cut it off.
    if (size < this.#bytes) {
      await this.#file.truncate(this.#bytes - 1);
      await this.#file.appendFile('\n');
    }
    // Somebody has deleted or replaced it; or it was written anew, and the disk said that it was not.
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
