import * as E from 'fp-ts/lib/Either.js';
import { problemOf } from '../own-file.js';
import type { NewerFile } from '../state-formats.js';
import type { LineFile } from './line-file.js';
import { type NewerSpool, recovered } from './recovered.js';
import { type Slot, SpoolIndex } from './spool-index.js';
import { type Accepted, acceptedLine, doneLine, messageLine, type ToSpool } from './spool-record.js';
import { type SpooledPublish, spooledIn } from './spooled-publish.js';

/** Why a message is not stored, though the disk works. */
export const spoolFull = 'the spool is full';

/** A message to store. */
export interface ToStore extends ToSpool {
  /** It also stays in its lane's memory, and is not to be taken from the spool. */
  readonly pinned: boolean;
}

/** Ids of stored messages, or why they are not stored. */
export type Stored = E.Either<string, readonly number[]>;

/** Path and size limit of the spool. */
export interface SpoolOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Reports each broken line, so that no message is lost silently. */
  readonly broken: (detail: string) => void;
  /** Reports a spool that a newer version wrote. */
  readonly newer: (found: NewerFile) => void;
}

/**
 * The spool's file and what of it is unsettled. Methods that return a promise are for one task at a time; the others
 * may be called meanwhile.
 */
export class SpoolContent {
  readonly index = new SpoolIndex();
  readonly #options: SpoolOptions;
  readonly #file: LineFile;
  #nextId = 1;
  /** Ids settled but not yet noted in the file; each is a message in it. */
  readonly #settled: number[] = [];

  constructor(file: LineFile, options: SpoolOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** True if a settlement is not yet noted in the file. */
  get isNoteDue(): boolean {
    return this.#settled.length > 0;
  }

  /**
   * Reads what an earlier run left. Returns what a newer version wrote, if so: the file is as it was, and can't be used.
   * Rejects if it can't be read.
   */
  async recover(): Promise<NewerSpool | undefined> {
    const { waiting, nextId, newer } = recovered(await this.#file.recover(), this.#options.broken);
    if (newer !== undefined) return newer;
    for (const slot of waiting) this.index.add(slot);
    this.#nextId = nextId;
    if (this.index.live === 0) await this.#file.empty();
    return undefined;
  }

  /** Appends batches with one flush, each completely or not at all; returns the result of each. Never rejects. */
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
      if (taken === undefined) return E.left(spoolFull);
      for (const { slot, pinned } of taken) {
        const placed = { ...slot, offset };
        offset += slot.bytes;
        if (pinned) this.index.addTaken(placed);
        else this.index.add(placed);
      }
      return E.right(taken.map(({ slot }) => slot.id));
    });
  }

  /** Takes the next messages of an integration; see `SpoolFile`. Reports broken lines to `broken`. Never rejects. */
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

  /** Writes which targets have accepted a message. Rejects with the system's error. */
  note(id: number, accepted: Accepted): Promise<void> {
    return this.#file.note(acceptedLine(id, accepted));
  }

  /** Settles a message that was taken; to be noted. */
  settled(id: number): void {
    if (this.index.done(id)) this.#settled.push(id);
  }

  /** Settles messages that were not taken; to be noted. */
  withdraw(ids: readonly number[]): void {
    this.#settled.push(...ids.filter((id) => this.index.drop(id)));
  }

  /**
   * Notes settlements in the file; truncates it if all is settled and `nothingComes`. Never rejects: failed notes are
   * retried with the next write.
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
      // Better delivered again after a restart than lost.
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

  /** True if `bytes` fit, after compaction if necessary. */
  async #makeRoom(bytes: number): Promise<boolean> {
    const { maxBytes } = this.#options;
    if (this.#file.bytes + bytes > maxBytes) await this.#compact();
    return this.#file.bytes + bytes <= maxBytes;
  }

  /** Rewrites the file without settled messages, if they are at least half of it. */
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
