import type { Chance } from '../engine/chance.js';

/** The bytes of a file, and those of them that survive a power cut. */
export interface Inode {
  readonly ino: number;
  content: Buffer;
  flushed: Buffer;
  links: number;
}

const nothing = Buffer.alloc(0);

/** The files of a disk by name: as they are, and as a power cut would leave them. */
export class Inodes {
  #names = new Map<string, Inode>();
  #flushedNames = new Map<string, Inode>();
  #nextIno = 1;

  get(path: string): Inode | undefined {
    return this.#names.get(path);
  }

  /** The content of a file after a power cut. */
  flushed(path: string): Buffer {
    return this.#flushedNames.get(path)?.flushed ?? nothing;
  }

  create(path: string): Inode {
    const inode = { ino: this.#nextIno++, content: nothing, flushed: nothing, links: 1 };
    this.#names.set(path, inode);
    return inode;
  }

  remove(path: string): void {
    this.#names.delete(path);
  }

  /** False if there is no such file. */
  rename(from: string, to: string): boolean {
    const inode = this.#names.get(from);
    if (inode === undefined) return false;
    const replaced = this.#names.get(to);
    if (replaced !== undefined) replaced.links = 0;
    this.#names.delete(from);
    this.#names.set(to, inode);
    return true;
  }

  /** Flushes the directory: all names survive a power cut. */
  flushNames(): void {
    this.#flushedNames = new Map(this.#names);
  }

  /** Loses part of what was not flushed, at random. */
  powerCut(chance: Chance): void {
    const names = new Map(this.#flushedNames);
    for (const [path, inode] of this.#names) if (chance.happens(0.5)) names.set(path, inode);
    for (const inode of new Set(names.values())) {
      inode.content = Buffer.from(leftOf(inode, chance));
      inode.flushed = inode.content;
    }
    this.#names = names;
    this.#flushedNames = new Map(names);
  }
}

const leftOf = ({ content, flushed }: Inode, chance: Chance): Buffer => {
  const hasGrown = content.length >= flushed.length && content.subarray(0, flushed.length).equals(flushed);
  if (!hasGrown) return chance.happens(0.5) ? content : flushed;
  return content.subarray(0, flushed.length + chance.whole(0, content.length - flushed.length));
};
