import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Slot } from './spool-index.js';

/**
 * An append-only file of lines, for one task at a time. What is appended is there as a whole or not at all, so that where
 * each line begins is known. Each method rejects with what the system says.
 */
export class LineFile {
  readonly #path: string;
  #file: FileHandle;
  #bytes = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens the file, with its directory; both are made where there is none (mode 0600 and 0700, as lines hold messages). */
  static async open(path: string): Promise<LineFile> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return new LineFile(path, await openFile(path));
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
  async line({ offset, bytes }: Slot): Promise<string> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(bytes), 0, bytes, offset);
    return buffer.toString('utf8', 0, bytesRead - 1);
  }

  /** Cuts off all lines. */
  async empty(): Promise<void> {
    await this.#file.truncate(0);
    this.#bytes = 0;
  }

  /** Writes the file anew, with the lines in these slots alone: their new offsets, by id. Until then it is as it was. */
  async keep(slots: readonly Slot[]): Promise<ReadonlyMap<number, number>> {
    const fresh = await openFile(`${this.#path}.tmp`);
    const offsets = new Map<number, number>();
    let bytes = 0;
    try {
      await fresh.truncate(0);
      for (const slot of slots) {
        await fresh.appendFile(`${await this.line(slot)}\n`);
        offsets.set(slot.id, bytes);
        bytes += slot.bytes;
      }
      await fresh.datasync();
      await rename(`${this.#path}.tmp`, this.#path);
    } catch (error) {
      await fresh.close();
      throw error;
    }
    const old = this.#file;
    this.#file = fresh;
    this.#bytes = bytes;
    await old.close();
    return offsets;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #append(lines: string, onDisk: boolean): Promise<number> {
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
}

const newline = '\n'.charCodeAt(0);

const openFile = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
