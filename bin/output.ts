import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { ReplaySubject } from 'rxjs';

/** So many characters are written at once. */
const chunkLength = 16_384;

/** Lines for a stream, in large writes, and no faster than it takes them: a reader that is gone ends it quietly. */
export class Output {
  readonly #stream: Writable;
  #waiting = '';
  #gone = false;
  /** Emits when nobody reads any more. */
  readonly gone$ = new ReplaySubject<void>(1);

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', () => {
      this.#gone = true;
      this.gone$.next();
    });
  }

  /** Nobody reads any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Adds text with its line ends: it is written with all that is added in the same turn of the event loop. */
  add(text: string): void {
    if (this.#waiting === '') setImmediate(() => this.flush());
    this.#waiting += text;
    if (this.#waiting.length >= chunkLength) this.flush();
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#waiting === '' || this.#gone) return;
    this.#stream.write(this.#waiting);
    this.#waiting = '';
  }

  /** Resolves when the stream takes more; undefined when it does now. */
  ready(): Promise<unknown> | undefined {
    if (!this.#stream.writableNeedDrain || this.#gone) return undefined;
    return Promise.race([once(this.#stream, 'drain'), once(this.#stream, 'close')]).catch(() => undefined);
  }
}
