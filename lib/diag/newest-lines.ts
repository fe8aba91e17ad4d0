import { Fifo } from '../util/fifo.js';
import { plural } from '../util/plural.js';

/** Largest size of one part of the archive, bytes. */
export const maxPartBytes = 4_194_304;

/** Collects lines, and keeps the newest that fit into `maxBytes`. */
export class NewestLines {
  readonly #maxBytes: number;
  readonly #lines = new Fifo<string>();
  #bytes = 0;
  #leftOut = 0;

  constructor(maxBytes = maxPartBytes) {
    this.#maxBytes = maxBytes;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#bytes += bytesOf(line);
    while (this.#bytes > this.#maxBytes) {
      this.#bytes -= bytesOf(this.#lines.shift() ?? '');
      this.#leftOut += 1;
    }
  }

  /** The lines that are kept. */
  get lines(): readonly string[] {
    return this.#lines.items;
  }

  /** Says how many lines were left out; empty if none were. */
  get problems(): readonly string[] {
    return this.#leftOut === 0
      ? []
      : [`${plural(this.#leftOut, 'older line')} left out: a part has at most ${this.#maxBytes} bytes`];
  }
}

const bytesOf = (line: string): number => Buffer.byteLength(line) + 1;
