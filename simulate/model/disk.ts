import * as E from 'fp-ts/lib/Either.js';
import type { Disk } from '../../lib/storage/disk.js';
import type { WholeFiles } from '../../lib/storage/whole-files.js';
import type { Agenda } from '../engine/agenda.js';
import type { Chance } from '../engine/chance.js';
import type { DiskCall, Moment } from '../plan.js';
import { type AskDisk, modelFile, type Space, systemError } from './disk-file.js';
import { Inodes } from './inodes.js';

/** Dependencies of the model disk. */
export interface ModelDiskDeps {
  readonly agenda: Agenda;
  readonly chance: Chance;
  /** Longest duration of a call, ms. */
  readonly ms: number;
  readonly moment: (moment: Moment) => void;
  /** A fault of the disk has struck. */
  readonly struck: (kind: 'disk-full' | 'disk-fails' | 'disk-slow') => void;
}

interface Failing {
  readonly call: DiskCall;
  times: number;
  readonly part: number;
}

const nothing = Buffer.alloc(0);

/**
 * A disk with a cache: a power cut loses writes that were not flushed, and names of files whose directory was
 * not flushed. A call takes time and takes effect at its start or at its end. Calls pending when their
 * process is killed are done in full, in part or not at all.
 */
export class ModelDisk {
  readonly #deps: ModelDiskDeps;
  readonly #inodes = new Inodes();
  readonly #failing: Failing[] = [];
  readonly space: Space;
  /** Additional duration of each call, ms. */
  slowMs = 0;
  /** Number of calls. */
  calls = 0;
  /** When a call last failed, ms. */
  failedAt = Number.NEGATIVE_INFINITY;
  /** Pending calls: done in part when their process is killed. */
  readonly #begun = new Set<() => void>();

  constructor(deps: ModelDiskDeps) {
    this.#deps = deps;
    this.space = { room: Number.POSITIVE_INFINITY, ranOut: () => this.#failed('disk-full') };
  }

  fail(failing: Failing): void {
    this.#failing.push({ ...failing });
  }

  heal(): void {
    this.#failing.length = 0;
    this.space.room = Number.POSITIVE_INFINITY;
    this.slowMs = 0;
  }

  get isHealthy(): boolean {
    return this.#failing.length === 0 && this.space.room === Number.POSITIVE_INFINITY && this.slowMs === 0;
  }

  /** The content of a file after a power cut. */
  flushed(path: string): Buffer {
    return this.#inodes.flushed(path);
  }

  /** The content of a file. */
  content(path: string): Buffer {
    return this.#inodes.get(path)?.content ?? nothing;
  }

  /** A process is killed: some of its pending calls are done. */
  killed(): void {
    for (const part of this.#begun) if (this.#deps.chance.happens(0.5)) part();
    this.#begun.clear();
  }

  /** Loses part of what was not flushed, at random. */
  powerCut(): void {
    this.killed();
    this.#inodes.powerCut(this.#deps.chance);
  }

  /** The disk of a process, until it is killed. */
  disk(isAlive: () => boolean): Disk {
    const call: AskDisk = (kind, effect, part) => this.#call(isAlive, kind, effect, part);
    return {
      makeDirectory: () => call('other', () => undefined),
      open: (path) =>
        call('open', () => {
          const found = this.#inodes.get(path) ?? this.#inodes.create(path);
          return modelFile(found, call, this.space);
        }),
      openExisting: (path) =>
        call('open', () => {
          const found = this.#inodes.get(path);
          if (found === undefined) throw systemError('ENOENT');
          return modelFile(found, call, this.space);
        }),
      rename: (from, to) =>
        call(
          'rename',
          () => {
            if (!this.#inodes.rename(from, to)) throw systemError('ENOENT');
          },
          () => this.#inodes.rename(from, to),
        ),
      remove: (path) =>
        call('other', () => {
          this.#inodes.remove(path);
        }),
      stat: (path) =>
        call('other', () => {
          const found = this.#inodes.get(path);
          if (found === undefined) throw systemError('ENOENT');
          return { ino: found.ino };
        }),
      syncDirectory: () =>
        call('sync', () => {
          this.#inodes.flushNames();
        }),
    };
  }

  /** Access to files that are written as a whole. */
  wholeFiles(isAlive: () => boolean): WholeFiles {
    return {
      read: (path) => {
        const found = this.#inodes.get(path);
        return found === undefined ? E.left({ reason: 'absent' }) : E.right(found.content.toString());
      },
      write: (path, content) =>
        this.#call(isAlive, 'append', () => {
          const inode = this.#inodes.create(path);
          inode.content = Buffer.from(content);
          inode.flushed = inode.content;
          this.#inodes.flushNames();
        }),
      rename: (from, to) =>
        this.#call(isAlive, 'rename', () => {
          if (!this.#inodes.rename(from, to)) throw systemError('ENOENT');
          this.#inodes.flushNames();
        }),
      remove: (path) =>
        this.#call(isAlive, 'rename', () => {
          this.#inodes.remove(path);
          this.#inodes.flushNames();
        }),
    };
  }

  #failed(kind: 'disk-full' | 'disk-fails'): void {
    this.failedAt = this.#deps.agenda.now;
    this.#deps.struck(kind);
  }

  #call<A>(isAlive: () => boolean, kind: DiskCall, effect: () => A, part?: (of: number) => void): Promise<A> {
    const { agenda, chance, ms, moment, struck } = this.#deps;
    if (!isAlive()) return new Promise(() => undefined);
    this.calls += 1;
    if (kind !== 'other') moment(kind);
    if (this.slowMs > 0) struck('disk-slow');
    const failing = this.#failing.find((each) => each.call === kind && each.times > 0);
    const takes = chance.between(0.02, ms) + (kind === 'other' ? 0 : this.slowMs);
    return new Promise((resolve, reject) => {
      const inPart = (): void => {
        if (part !== undefined) part(chance.happens(0.5) ? 1 : chance.next());
        else if (kind === 'truncate' || kind === 'flush') effect();
      };
      this.#begun.add(inPart);
      agenda.in(takes, () => {
        this.#begun.delete(inPart);
        if (!isAlive()) return;
        if (failing !== undefined && failing.times > 0) {
          failing.times -= 1;
          if (failing.times === 0) this.#failing.splice(this.#failing.indexOf(failing), 1);
          this.#failed('disk-fails');
          part?.(failing.part);
          reject(systemError('EIO'));
          return;
        }
        try {
          resolve(effect());
        } catch (error) {
          reject(error);
          return;
        }
        if (kind === 'append') moment('appended');
        else if (kind === 'flush') moment('flushed');
      });
    });
  }
}
