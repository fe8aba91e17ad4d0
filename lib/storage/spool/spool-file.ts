import * as E from 'fp-ts/lib/Either.js';
import { type Receipt, receiptOfJson } from '../../clock/receipt.js';
import type { Publish } from '../../rules/message/publish.js';
import { publishOfJson } from '../../rules/message/publish-json.js';
import { systemDisk } from '../disk.js';
import { problemOf } from '../own-file.js';
import { LineFile } from './line-file.js';
import { recovered } from './recovered.js';
import { type Slot, SpoolIndex } from './spool-index.js';
import {
  type Accepted,
  acceptedLine,
  doneLine,
  messageLine,
  parseSpoolLine,
  type ToSpool,
} from './spool-record.js';

/** A message out of the spool. */
export interface SpooledPublish {
  readonly id: number;
  readonly publish: Publish;
  /** Undefined where an earlier version stored it. */
  readonly receipt: Receipt | undefined;
}

/** A message on its way into the spool. */
export interface ToStore extends ToSpool {
  /** It stays in the memory of who asks, and is not to be given out. */
  readonly kept: boolean;
}

interface Pending {
  readonly messages: readonly ToStore[];
  readonly done: (ids: E.Either<string, readonly number[]>) => void;
}

/** Where the spool is, and how large it may get. */
export interface SpoolOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Told of each line that is broken, so that a message is not lost without a word. */
  readonly broken: (detail: string) => void;
}

/**
 * Messages that wait on the disk, in order for each integration: an append-only file of lines, one for each message and one
 * for each batch of settlements. What is appended is on the disk when that is said; appends that come while others are
 * flushed share one flush. A tail that a power cut has torn is cut off, as it was never acknowledged. The file shrinks as
 * it drains: to nothing when all is settled, and by being written anew when less than half of it waits
 * (docs/architecture.md#decision-15).
 */
export class SpoolFile {
  readonly #options: SpoolOptions;
  readonly #index = new SpoolIndex();
  readonly #file: LineFile;
  #nextId = 1;
  #pending: Pending[] = [];
  /** What is settled while the file does not say so: each of them is a message in the file. */
  readonly #settled: number[] = [];
  #noteIsDue = false;
  /** One thing at a time happens to the file. */
  #work: Promise<unknown> = Promise.resolve();

  private constructor(file: LineFile, options: SpoolOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Opens the spool with what an earlier run left in it; Left is why there is none. The directory is made. */
  static async open(options: SpoolOptions, disk = systemDisk): Promise<E.Either<string, SpoolFile>> {
    try {
      const spool = new SpoolFile(await LineFile.open(options.path, disk), options);
      await spool.#recover();
      return E.right(spool);
    } catch (error) {
      return E.left(`${options.path}: ${problemOf(error)}`);
    }
  }

  /** The integrations with messages that wait in the file. */
  get integrations(): readonly string[] {
    return this.#index.integrations;
  }

  /** Whether messages for it wait in the file: new ones queue behind them. */
  has(integration: string): boolean {
    return this.#index.has(integration);
  }

  /** Stores messages, all or none: their ids, once they are on the disk. Left when there is no room, or no disk. */
  append(messages: readonly ToStore[]): Promise<E.Either<string, readonly number[]>> {
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
    return this.#next(async () => {
      const slots = this.#index.take(integration, most);
      const spooled: SpooledPublish[] = [];
      for (const [n, slot] of slots.entries()) {
        const line = await this.#lineIn(slot);
        if (E.isLeft(line)) {
          this.#index.putBack(integration, slots.slice(n));
          return n === 0 ? line : E.right(spooled);
        }
        const message = spooledIn(line.right, slot);
        if (message !== undefined) spooled.push(message);
        else {
          this.#options.broken(`message ${slot.id} for ${integration} can't be read`);
          this.settled(slot.id);
        }
      }
      return E.right(spooled);
    });
  }

  /** These targets have accepted a message that was taken out, or kept. A power cut may lose that, as it may lose an answer. */
  note(id: number, accepted: Accepted): void {
    this.#index.note(id, accepted);
    void this.#next(() => this.#file.note(acceptedLine(id, accepted))).catch(() => undefined);
  }

  /** A message that was taken out, or kept, is settled. */
  settled(id: number): void {
    if (!this.#index.done(id)) return;
    this.#settled.push(id);
    this.#noteSettled();
  }

  /** Messages that were stored are the broker's all the same: they are not to be delivered from here. */
  withdraw(ids: readonly number[]): void {
    this.#settled.push(...ids.filter((id) => this.#index.drop(id)));
    this.#noteSettled();
  }

  /** Writes what is due, and closes the file. */
  async close(): Promise<void> {
    await this.#next(() => this.#writeSettled());
    await this.#next(() => this.#file.close());
  }

  async #lineIn(slot: Slot): Promise<E.Either<string, string>> {
    try {
      return E.right(await this.#file.line(slot));
    } catch (error) {
      return E.left(`${this.#options.path}: ${problemOf(error)}`);
    }
  }

  #next<A>(task: () => Promise<A>): Promise<A> {
    const result = this.#work.then(task);
    this.#work = result.catch(() => undefined);
    return result;
  }

  async #writePending(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    const slots: Slot[][] = [];
    let lines = '';
    let offset: number;
    try {
      for (const { messages } of batch) {
        const taken = messages.map((message) => this.#lineFor(message));
        const bytes = taken.reduce((sum, each) => sum + each.slot.bytes, 0);
        if (!(await this.#makeRoom(Buffer.byteLength(lines) + bytes))) {
          slots.push([]);
          continue;
        }
        lines += taken.map(({ line }) => line).join('');
        slots.push(taken.map(({ slot }) => slot));
      }
      offset = await this.#file.append(lines);
    } catch (error) {
      const detail = `${this.#options.path}: ${problemOf(error)}`;
      for (const { done } of batch) done(E.left(detail));
      return;
    }
    for (const [at, { messages, done }] of batch.entries()) {
      const stored = slots[at] ?? [];
      for (const [n, slot] of stored.entries()) {
        const placed = { ...slot, offset };
        offset += slot.bytes;
        if (messages[n]?.kept) this.#index.addTaken(placed);
        else this.#index.add(placed);
      }
      done(
        stored.length < messages.length ? E.left('the spool is full') : E.right(stored.map(({ id }) => id)),
      );
    }
    this.#noteSettled();
  }

  #lineFor(message: ToSpool) {
    const id = this.#nextId++;
    const line = messageLine(id, message);
    const { integration } = message;
    return { line, slot: { id, integration, offset: 0, bytes: Buffer.byteLength(line) } };
  }

  /** Has settlements noted: those that come until the file is free, in one line. */
  #noteSettled(): void {
    if (this.#noteIsDue || this.#settled.length === 0) return;
    this.#noteIsDue = true;
    void this.#next(() => {
      this.#noteIsDue = false;
      return this.#writeSettled();
    });
  }

  /** Never rejects: what the disk does not take is tried again with the next write. */
  async #writeSettled(): Promise<void> {
    const ids = [...this.#settled];
    if (ids.length === 0) return;
    try {
      if (this.#index.live === 0 && this.#pending.length === 0) await this.#file.empty();
      else await this.#file.note(doneLine(ids));
      this.#settled.splice(0, ids.length);
      if (this.#file.bytes > this.#options.maxBytes / 2) await this.#compact();
    } catch {
      // A message that is delivered again after a restart is better than one that is lost.
    }
  }

  /** Whether `bytes` fit, after the file was written anew if need be. */
  async #makeRoom(bytes: number): Promise<boolean> {
    const { maxBytes } = this.#options;
    if (this.#file.bytes + bytes > maxBytes) await this.#compact();
    return this.#file.bytes + bytes <= maxBytes;
  }

  /** Writes the file anew without what is settled, where that is half of it or more. */
  async #compact(): Promise<void> {
    if (this.#index.liveBytes > this.#file.bytes / 2) return;
    const gone = this.#settled.length;
    const slots = this.#index.slots();
    this.#index.move(await this.#file.keep(slots));
    this.#settled.splice(0, gone);
    const notes = slots.flatMap(({ id, accepted }) => (accepted ? [acceptedLine(id, accepted)] : []));
    if (notes.length > 0) await this.#file.note(notes.join(''));
  }

  async #recover(): Promise<void> {
    const { waiting, nextId } = recovered(await this.#file.recover(), this.#options.broken);
    for (const slot of waiting) this.#index.add(slot);
    this.#nextId = nextId;
    if (this.#index.live === 0) await this.#file.empty();
  }
}

const spooledIn = (line: string, { id, accepted }: Slot): SpooledPublish | undefined => {
  const record = parseSpoolLine(line);
  if (E.isLeft(record) || !('publish' in record.right) || record.right.id !== id) return undefined;
  const publish = publishOfJson(record.right.publish, -id);
  return {
    id,
    publish: accepted === undefined ? publish : { ...publish, accepted },
    receipt: receiptOfJson(record.right.receipt),
  };
};
