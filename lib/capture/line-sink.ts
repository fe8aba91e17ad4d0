import { setTimeout } from 'node:timers/promises';
import type { Output } from './output.js';

/** Options of a {@link LineSink}. */
export interface LineSinkOptions {
  readonly output: Output;
  /** Starts a new file before a line that would exceed this size. */
  readonly rotateBytes?: number;
  /** The first lines of each file, called when the file is started. */
  readonly opening: () => readonly string[];
  /** Called when there is room again. */
  readonly room: () => void;
  /** Called when writing failed: nothing more is written. */
  readonly failed: (error: unknown) => void;
}

/** How much may wait to be written: beyond it, the disk is slower than the broker. */
const maxWaitingBytes = 8_388_608;

/** Lines within this time share one write, ms: a write costs as much as a hundred messages. */
const gatherMs = 20;

interface Part {
  readonly newFile: boolean;
  readonly lines: string[];
}

/** Buffers lines and writes them in order, all waiting ones in one write. */
export class LineSink {
  /** The number of bytes taken. */
  bytes = 0;
  readonly #options: LineSinkOptions;
  #parts: Part[] = [];
  #fileBytes: number;
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(options: LineSinkOptions) {
    this.#options = options;
    this.#fileBytes = options.output.bytes;
  }

  /** Whether there is room. A line taken without room is written all the same. */
  get hasRoom(): boolean {
    return this.#waitingBytes < maxWaitingBytes;
  }

  /** Takes the first lines of a file: at the start, and whenever they have changed. */
  open(): void {
    for (const line of this.#options.opening()) this.#take(line);
  }

  /**
   * Writes the line that `lineNow` returns, without a newline. If it begins a new file, it is made again: its time
   * counts from there.
   */
  write(lineNow: () => string): void {
    const line = lineNow();
    const { rotateBytes } = this.#options;
    const isFull = rotateBytes !== undefined && this.#fileBytes + Buffer.byteLength(line) + 1 > rotateBytes;
    if (!isFull || this.#fileBytes === 0) {
      this.#take(line);
      return;
    }
    this.#fileBytes = 0;
    this.#parts.push({ newFile: true, lines: [] });
    this.open();
    this.#take(lineNow());
  }

  /** Resolves once all lines are written, or writing has failed, and the output is closed. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#options.output.close();
  }

  #take(line: string): void {
    if (this.#failed) return;
    const bytes = Buffer.byteLength(line) + 1;
    this.bytes += bytes;
    this.#fileBytes += bytes;
    this.#waitingBytes += bytes;
    const last = this.#parts.at(-1);
    if (last === undefined) this.#parts.push({ newFile: false, lines: [line] });
    else last.lines.push(line);
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    await setTimeout(gatherMs);
    try {
      while (this.#parts.length > 0 && !this.#failed) await this.#writeWaiting();
    } catch (error) {
      this.#failed = true;
      this.#parts = [];
      this.#options.failed(error);
    }
    this.#writing = undefined;
  }

  async #writeWaiting(): Promise<void> {
    const { output, room } = this.#options;
    const parts = this.#parts;
    const bytes = this.#waitingBytes;
    this.#parts = [];
    for (const { newFile, lines } of parts) {
      if (newFile) await output.rotate();
      if (lines.length > 0) await output.write(`${lines.join('\n')}\n`);
    }
    const hadRoom = this.hasRoom;
    this.#waitingBytes -= bytes;
    if (!hadRoom && this.hasRoom) room();
  }
}
