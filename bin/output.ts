import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { ReplaySubject } from 'rxjs';

/** Text is written in chunks of about this many characters. */
const chunkLength = 16_384;

/** Writes lines to a stream in large chunks, with backpressure. Once the reader is gone, output is dropped silently. */
export class Output {
  readonly #stream: Writable;
  #waiting = '';
  #gone = false;
  /** Emits once the reader is gone. */
  readonly gone$ = new ReplaySubject<void>(1);

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', () => {
      this.#gone = true;
      this.gone$.next();
    });
  }

  /** Whether the reader is gone. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Adds text, including its line ends. Text added in the same turn of the event loop is written together. */
  add(text: string): void {
    if (this.#waiting === '') setImmediate(() => this.flush());
    this.#waiting += text;
    if (this.#waiting.length >= chunkLength) this.flush();
  }

  /** Writes the buffered text. */
  flush(): void {
    if (this.#waiting === '' || this.#gone) return;
    this.#stream.write(this.#waiting);
    this.#waiting = '';
  }

  /** Resolves once the stream accepts more; undefined if it does now. */
  ready(): Promise<unknown> | undefined {
    if (!this.#stream.writableNeedDrain || this.#gone) return undefined;
    return Promise.race([once(this.#stream, 'drain'), once(this.#stream, 'close')]).catch(() => undefined);
  }
}
