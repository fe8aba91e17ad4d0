import { setTimeout } from 'node:timers/promises';
import type { Output } from './output.js';

/** How lines become files. */
export interface LineSinkOptions {
  readonly output: Output;
  /** A new file is begun before a line that would take one past this size. */
  readonly rotateBytes?: number;
  /** The lines that each file begins with, at the moment in which it is begun. */
  readonly opening: () => readonly string[];
  /** There is room again, after there was none. */
  readonly room: () => void;
  /** Writing failed: nothing more will be written. */
  readonly failed: (error: unknown) => void;
}

/** What waits to be written, at most: more of it says that the disk is slower than the broker. */
const maxWaitingBytes = 8_388_608;

/** A write costs as much as a hundred messages, so what comes within so many ms shares one. */
const gatherMs = 20;

interface Part {
  readonly newFile: boolean;
  readonly lines: string[];
}

/** Takes lines at once and writes them in the order in which they came, all that wait in one write. */
export class LineSink {
  /** What was taken, in bytes. */
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

  /** Whether more may be taken now; what is taken all the same is written too. */
  get hasRoom(): boolean {
    return this.#waitingBytes < maxWaitingBytes;
  }

  /** Takes the lines that a file begins with: at the start, and where what they say has changed. */
  open(): void {
    for (const line of this.#options.opening()) this.#take(line);
  }

  /** Takes a line, without its end; it is made anew where it begins a new file, as its time counts from there. */
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

  /** Resolves when all that was taken is written, or has failed, and the output is closed. */
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
