import * as E from 'fp-ts/lib/Either.js';
import { systemDisk } from '../disk.js';
import { problemOf } from '../own-file.js';
import { LineFile } from './line-file.js';
import {
  SpoolContent,
  type SpooledPublish,
  type SpoolOptions,
  type Stored,
  type ToStore,
} from './spool-content.js';
import type { Accepted } from './spool-record.js';

interface Pending {
  readonly messages: readonly ToStore[];
  readonly done: (stored: Stored) => void;
}

/**
 * Messages that wait on the disk, in order for each integration: an append-only file of lines, one for each message and
 * one for each batch of settlements. What is appended is on the disk when that is said; appends that come while others
 * are flushed share one flush. A tail that a power cut has torn is cut off, as it was never acknowledged. The file shrinks
 * as it drains: to nothing when all is settled, and by being written anew when less than half of it waits (docs/architecture.md#decision-15).
 */
export class SpoolFile {
  readonly #content: SpoolContent;
  #pending: Pending[] = [];
  #noteIsDue = false;
  /** One thing at a time happens to the file. */
  #work: Promise<unknown> = Promise.resolve();

  private constructor(content: SpoolContent) {
    this.#content = content;
  }

  /** Opens the spool with what an earlier run left in it; Left is why there is none. The directory is made. */
  static async open(options: SpoolOptions, disk = systemDisk): Promise<E.Either<string, SpoolFile>> {
    try {
      const content = new SpoolContent(await LineFile.open(options.path, disk), options);
      await content.recover();
      return E.right(new SpoolFile(content));
    } catch (error) {
      return E.left(`${options.path}: ${problemOf(error)}`);
    }
  }

  /** The integrations with messages that wait in the file. */
  get integrations(): readonly string[] {
    return this.#content.index.integrations;
  }

  /** Whether messages for it wait in the file: new ones queue behind them. */
  has(integration: string): boolean {
    return this.#content.index.has(integration);
  }

  /** Stores messages, all or none: their ids, once they are on the disk. Left when there is no room, or no disk. */
  append(messages: readonly ToStore[]): Promise<Stored> {
    return new Promise((done) => {
      this.#pending.push({ messages, done });
      if (this.#pending.length === 1) this.#next(() => this.#writePending());
    });
  }

  /**
   * Takes out the next messages of an integration, at most `most`, in order. They stay on the disk until they are settled. Left
   * when the first of them can't be read: it is still there. A line that is no message any more is reported and passed over.
   */
  take(integration: string, most: number): Promise<E.Either<string, readonly SpooledPublish[]>> {
    return this.#next(() => this.#content.take(integration, most, (id) => this.settled(id)));
  }

  /** These targets have accepted a message that was taken out, or pinned. A power cut may lose that, as it may lose an answer. */
  note(id: number, accepted: Accepted): void {
    this.#content.index.note(id, accepted);
    void this.#next(() => this.#content.note(id, accepted)).catch(() => undefined);
  }

  /** A message that was taken out, or pinned, is settled. */
  settled(id: number): void {
    this.#content.settled(id);
    this.#noteSettled();
  }

  /** Messages that were stored are the broker's all the same: they are not to be delivered from here. */
  withdraw(ids: readonly number[]): void {
    this.#content.withdraw(ids);
    this.#noteSettled();
  }

  /** Writes what is due, and closes the file. */
  async close(): Promise<void> {
    await this.#next(() => this.#writeSettled());
    await this.#next(() => this.#content.close());
  }

  #next<A>(task: () => Promise<A>): Promise<A> {
    const result = this.#work.then(task);
    this.#work = result.catch(() => undefined);
    return result;
  }

  async #writePending(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    const stored = await this.#content.append(batch.map(({ messages }) => messages));
    for (const [n, { done }] of batch.entries()) done(stored[n] ?? E.right([]));
    // A disk that takes nothing is left alone.
    if (stored.some(E.isRight)) this.#noteSettled();
  }

  /** Has settlements noted: those that come until the file is free, in one line. */
  #noteSettled(): void {
    if (this.#noteIsDue || !this.#content.isNoteDue) return;
    this.#noteIsDue = true;
    void this.#next(() => {
      this.#noteIsDue = false;
      return this.#writeSettled();
    });
  }

  #writeSettled(): Promise<void> {
    return this.#content.writeSettled(this.#pending.length === 0);
  }
}
