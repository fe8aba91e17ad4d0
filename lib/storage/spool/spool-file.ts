import * as E from 'fp-ts/lib/Either.js';
import { type Disk, systemDisk } from '../disk.js';
import { problemOf } from '../own-file.js';
import { keepAside, takeBack } from './kept-spool.js';
import { LineFile } from './line-file.js';
import type { NewerSpool } from './recovered.js';
import { SpoolContent, type SpoolOptions, type Stored, spoolFull, type ToStore } from './spool-content.js';
import type { Accepted } from './spool-record.js';
import type { SpooledPublish } from './spooled-publish.js';

interface Pending {
  readonly messages: readonly ToStore[];
  readonly done: (stored: Stored) => void;
}

/**
 * Messages waiting on the disk, in order for each integration: an append-only file with a line for each message and for
 * each batch of settlements. An append resolves once it is on the disk; appends during a flush share the next one. A
 * tail torn by a power cut is truncated, as it was never acknowledged. The file shrinks as it drains: truncated when
 * all is settled, rewritten when less than half of it waits (docs/architecture.md#decision-15).
 */
export class SpoolFile {
  readonly #content: SpoolContent;
  #pending: Pending[] = [];
  #noteIsDue = false;
  /** Serialises the work on the file. */
  #work: Promise<unknown> = Promise.resolve();

  private constructor(content: SpoolContent) {
    this.#content = content;
  }

  /**
   * Opens the spool with the messages of an earlier run; creates the directory. One that a newer version wrote is kept
   * aside, and one that was kept and can be read now goes before the messages here. Left says why it can't be opened.
   */
  static async open(options: SpoolOptions, disk = systemDisk): Promise<E.Either<string, SpoolFile>> {
    try {
      return E.right(new SpoolFile(await openContent(options, disk)));
    } catch (error) {
      return E.left(`${options.path}: ${problemOf(error)}`);
    }
  }

  /** Integrations with messages waiting in the file. */
  get integrations(): readonly string[] {
    return this.#content.index.integrations;
  }

  /** Bytes of the unsettled messages, and their number by integration. */
  get unsettled(): { readonly bytes: number; readonly messages: ReadonlyMap<string, number> } {
    const { index } = this.#content;
    return { bytes: index.liveBytes, messages: index.counts() };
  }

  /** True if messages wait in the file: new ones queue behind them. */
  has(integration: string): boolean {
    return this.#content.index.has(integration);
  }

  /**
   * Stores all messages or none; resolves to their ids once they are on the disk. Left if there is no room or the disk
   * fails.
   */
  append(messages: readonly ToStore[]): Promise<Stored> {
    return new Promise((done) => {
      this.#pending.push({ messages, done });
      if (this.#pending.length === 1) this.#next(() => this.#writePending());
    });
  }

  /**
   * Takes the next messages of an integration, at most `most`, in order. They stay on the disk until settled. Left if
   * the first can't be read: it stays in the spool. Invalid lines are reported and skipped.
   */
  take(integration: string, most: number): Promise<E.Either<string, readonly SpooledPublish[]>> {
    return this.#next(() => this.#content.take(integration, most, (id) => this.settled(id)));
  }

  /**
   * Notes which targets have accepted a taken or pinned message. A power cut may lose the note, as it may lose cvmain's
   * answer.
   */
  note(id: number, accepted: Accepted): void {
    this.#content.index.note(id, accepted);
    void this.#next(() => this.#content.note(id, accepted)).catch(() => undefined);
  }

  /** Settles a taken or pinned message. */
  settled(id: number): void {
    this.#content.settled(id);
    this.#noteSettled();
  }

  /** Settles stored messages that the broker keeps after all: they are not to be delivered from here. */
  withdraw(ids: readonly number[]): void {
    this.#content.withdraw(ids);
    this.#noteSettled();
  }

  /** Writes pending notes and closes the file. */
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
    // Don't retry on a failing disk.
    if (stored.some((each) => E.isRight(each) || each.left === spoolFull)) this.#noteSettled();
  }

  /** Notes settlements; those that come while the file is busy share a line. */
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

const openContent = async (options: SpoolOptions, disk: Disk): Promise<SpoolContent> => {
  await takeBack(options, disk);
  const file = await LineFile.open(options.path, disk);
  let newer: NewerSpool | undefined;
  try {
    const content = new SpoolContent(file, options);
    newer = await content.recover();
    if (newer === undefined) return content;
  } catch (error) {
    await file.leave();
    throw error;
  }
  await file.leave();
  options.newer(await keepAside(options.path, newer, disk));
  return openContent(options, disk);
};
