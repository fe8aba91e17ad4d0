import * as E from 'fp-ts/lib/Either.js';
import { type Receipt, receiptOfJson } from '../../clock/receipt.js';
import type { Publish } from '../../rules/message/publish.js';
import { publishOfJson } from '../../rules/message/publish-json.js';
import { problemOf } from '../own-file.js';
import type { LineFile } from './line-file.js';
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
  readonly pinned: boolean;
}

/** Ids of messages that are on the disk, or why they are not. */
export type Stored = E.Either<string, readonly number[]>;

/** Where the spool is, and how large it may get. */
export interface SpoolOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Told of each line that is broken, so that a message is not lost without a word. */
  readonly broken: (detail: string) => void;
}

/**
 * What is in the spool's file, and what of it is not settled. What returns a promise is for one task at a time; the rest may
 * happen meanwhile.
 */
export class SpoolContent {
  readonly index = new SpoolIndex();
  readonly #options: SpoolOptions;
  readonly #file: LineFile;
  #nextId = 1;
  /** What is settled while the file does not say so: each of them is a message in the file. */
  readonly #settled: number[] = [];

  constructor(file: LineFile, options: SpoolOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Whether something is settled, and the file does not say so. */
  get isNoteDue(): boolean {
    return this.#settled.length > 0;
  }

  /** Takes in what an earlier run left. Rejects when it can't be read. */
  async recover(): Promise<void> {
    const { waiting, nextId } = recovered(await this.#file.recover(), this.#options.broken);
    for (const slot of waiting) this.index.add(slot);
    this.#nextId = nextId;
    if (this.index.live === 0) await this.#file.empty();
  }

  /** Appends batches, each as a whole or not at all, with one flush: what became of each of them. Never rejects. */
  async append(batches: readonly (readonly ToStore[])[]): Promise<readonly Stored[]> {
    const written: (readonly { readonly slot: Slot; readonly pinned: boolean }[] | undefined)[] = [];
    let lines = '';
    let offset: number;
    try {
      for (const messages of batches) {
        const taken = messages.map((message) => this.#lineFor(message));
        const text = taken.map(({ line }) => line).join('');
        const hasRoom = await this.#makeRoom(Buffer.byteLength(lines) + Buffer.byteLength(text));
        written.push(hasRoom ? taken : undefined);
        if (hasRoom) lines += text;
      }
      offset = await this.#file.append(lines);
    } catch (error) {
      return batches.map(() => this.#failed(error));
    }
    return written.map((taken) => {
      if (taken === undefined) return E.left('the spool is full');
      for (const { slot, pinned } of taken) {
        const placed = { ...slot, offset };
        offset += slot.bytes;
        if (pinned) this.index.addTaken(placed);
        else this.index.add(placed);
      }
      return E.right(taken.map(({ slot }) => slot.id));
    });
  }

  /** Takes out the next messages of an integration; see `SpoolFile`. What is no message is given to `broken`. Never rejects. */
  async take(
    integration: string,
    most: number,
    broken: (id: number) => void,
  ): Promise<E.Either<string, readonly SpooledPublish[]>> {
    const slots = this.index.take(integration, most);
    const spooled: SpooledPublish[] = [];
    for (const [n, slot] of slots.entries()) {
      const line = await this.#lineIn(slot);
      if (E.isLeft(line)) {
        this.index.putBack(integration, slots.slice(n));
        return n === 0 ? line : E.right(spooled);
      }
      const message = spooledIn(line.right, slot);
      if (message !== undefined) spooled.push(message);
      else {
        this.#options.broken(`message ${slot.id} for ${integration} can't be read`);
        broken(slot.id);
      }
    }
    return E.right(spooled);
  }

  /** Writes which targets have accepted a message. Rejects with what the system says. */
  note(id: number, accepted: Accepted): Promise<void> {
    return this.#file.note(acceptedLine(id, accepted));
  }

  /** A message that was taken out is settled; that is to be noted. */
  settled(id: number): void {
    if (this.index.done(id)) this.#settled.push(id);
  }

  /** Messages that were not taken out are settled; that is to be noted. */
  withdraw(ids: readonly number[]): void {
    this.#settled.push(...ids.filter((id) => this.index.drop(id)));
  }

  /**
   * Notes what is settled; where that is all, and `nothingComes`, the file is cut to nothing. Never rejects: what the disk
   * does not take is tried again with the next write.
   */
  async writeSettled(nothingComes: boolean): Promise<void> {
    const ids = [...this.#settled];
    if (ids.length === 0) return;
    try {
      if (this.index.live === 0 && nothingComes) await this.#file.empty();
      else await this.#file.note(doneLine(ids));
      this.#settled.splice(0, ids.length);
      if (this.#file.bytes > this.#options.maxBytes / 2) await this.#compact();
    } catch {
      // A message that is delivered again after a restart is better than one that is lost.
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #lineIn(slot: Slot): Promise<E.Either<string, string>> {
    try {
      return E.right(await this.#file.line(slot));
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): E.Either<string, never> {
    return E.left(`${this.#options.path}: ${problemOf(error)}`);
  }

  #lineFor(message: ToStore) {
    const id = this.#nextId++;
    const line = messageLine(id, message);
    const { integration, pinned } = message;
    return { line, pinned, slot: { id, integration, offset: 0, bytes: Buffer.byteLength(line) } };
  }

  /** Whether `bytes` fit, after the file was written anew if need be. */
  async #makeRoom(bytes: number): Promise<boolean> {
    const { maxBytes } = this.#options;
    if (this.#file.bytes + bytes > maxBytes) await this.#compact();
    return this.#file.bytes + bytes <= maxBytes;
  }

  /** Writes the file anew without what is settled, where that is half of it or more. */
  async #compact(): Promise<void> {
    if (this.index.liveBytes > this.#file.bytes / 2) return;
    const gone = this.#settled.length;
    const slots = this.index.slots();
    this.index.move(await this.#file.keep(slots));
    this.#settled.splice(0, gone);
    const notes = slots.flatMap(({ id, accepted }) => (accepted ? [acceptedLine(id, accepted)] : []));
    if (notes.length > 0) await this.#file.note(notes.join(''));
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
