import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants;

const openRing = (path: string): number => openSync(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);

/**
 * A file of lines, and the one before it, `<path>.1`. Mode 0600. Lines are written at once, so they survive a crash of the
 * process; they are not flushed, as the file is in RAM. Throws the system's errors.
 */
export class Ring {
  readonly #path: string;
  readonly #maxBytes: number;
  #file: number;
  #bytes: number;

  /** Continues the file at `path`. `maxBytes`: of both files together. */
  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes / 2;
    this.#file = openRing(path);
    this.#bytes = fstatSync(this.#file).size;
    // The process before may have ended within a line.
    if (this.#bytes > 0) this.write(['']);
  }

  /** Whether the file has its size: it is time for the next one. */
  get isFull(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  /** Writes lines, each without a newline. */
  write(lines: readonly string[]): void {
    if (lines.length > 0) this.#bytes += writeSync(this.#file, `${lines.join('\n')}\n`);
  }

  /** Begins the next file with these lines; the one before the last is gone. */
  turn(lines: readonly string[]): void {
    closeSync(this.#file);
    renameSync(this.#path, `${this.#path}.1`);
    this.#file = openRing(this.#path);
    this.#bytes = 0;
    this.write(lines);
  }

  close(): void {
    closeSync(this.#file);
  }
}
