import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type SchedulerLike, Subject, Subscription } from 'rxjs';
import { Ring } from '../../lib/recorder/ring.js';
import { madeDirectory, type StatusDirectory } from '../../lib/status/status-file.js';
import { errorCode } from '../../lib/util/error-code.js';
import { paced } from '../operators/paced.js';

/** Dependencies of {@link RecorderFile}. */
export interface RecorderFileDeps {
  readonly directory: StatusDirectory;
  readonly uid: number;
  readonly fileName: string;
  readonly scheduler: SchedulerLike;
  /** Called once with the reason why nothing can be recorded. The daemon runs without it. */
  readonly broken: (detail: string) => void;
}

/** How long lines wait to share a write, ms. A crash of the process loses no more than that. */
const gatherMs = 50;

/** As much is written without waiting, characters. */
const gatherLength = 16_384;

/** Writes the recorder's lines, a few at a time. A file that can't be written is given up until it is opened again. */
export class RecorderFile {
  readonly #deps: RecorderFileDeps;
  /** The lines that each file begins with. */
  readonly #opening: () => readonly string[];
  readonly #waiting = new Subject<void>();
  #writes = Subscription.EMPTY;
  #ring: Ring | undefined;
  #lines: string[] = [];
  #length = 0;

  constructor(deps: RecorderFileDeps, opening: () => readonly string[]) {
    this.#deps = deps;
    this.#opening = opening;
  }

  get isOpen(): boolean {
    return this.#ring !== undefined;
  }

  /** Begins to record with these lines, in files of `maxBytes` together. */
  open(maxBytes: number, ...lines: readonly string[]): void {
    const { directory, uid, fileName, scheduler, broken } = this.#deps;
    const made = madeDirectory(directory, uid);
    if (E.isLeft(made)) broken(made.left);
    else
      this.#guarded(() => {
        this.#ring = new Ring(join(directory.path, fileName), maxBytes);
        this.#ring.write([...this.#opening(), ...lines]);
        this.#writes = this.#waiting.pipe(paced(gatherMs, scheduler)).subscribe(() => this.#flush());
      });
  }

  /** Adds a line; ignored unless it is open. */
  put(line: string): void {
    if (!this.isOpen) return;
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= gatherLength) this.#flush();
    else if (this.#lines.length === 1) this.#waiting.next();
  }

  /** Writes what is left. */
  close(): void {
    this.#writes.unsubscribe();
    this.#flush();
    this.#guarded(() => this.#ring?.close());
    this.#ring = undefined;
  }

  #flush(): void {
    const batch = this.#lines;
    this.#lines = [];
    this.#length = 0;
    this.#guarded(() => {
      this.#ring?.write(batch);
      if (this.#ring?.isFull) this.#ring.turn(this.#opening());
    });
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      const { directory, fileName, broken } = this.#deps;
      this.#ring = undefined;
      broken(`${join(directory.path, fileName)}: ${errorCode(error) ?? 'unknown error'}`);
    }
  }
}
