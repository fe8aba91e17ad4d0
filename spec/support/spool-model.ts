import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { bytesOf } from '../../lib/rules/message/payload.js';
import { SpoolFile } from '../../lib/storage/spool/spool-file.js';
import { parseSpoolLine } from '../../lib/storage/spool/spool-record.js';
import type { SpooledPublish } from '../../lib/storage/spool/spooled-publish.js';
import { receiptAt } from './clock.js';
import { rightOf } from './either.js';
import type { FailingDisk } from './failing-disk.js';
import { noNewer } from './no-newer.js';
import { publishOf } from './shorthand.js';

/**
 * What a user of the spool knows of a message. `storing`: the write is running. `doubtful`: the write failed, so the
 * disk may have a part of it until the next write. `found`: it was there after a crash all the same, so it is on the
 * disk at the next write. Then: it is stored, settled, the settlement is written, and flushed.
 */
type State = 'storing' | 'doubtful' | 'found' | 'stored' | 'settled' | 'noted' | 'flushed';

interface Known {
  readonly text: string;
  readonly integration: string;
  readonly pinned: boolean;
  readonly size: number;
  state: State;
  id: number;
}

/** The integrations of the messages. */
export const integrations = ['int1', 'int2', 'int3'] as const;

const textOf = ({ publish }: SpooledPublish): string =>
  Buffer.from(bytesOf(publish.payload)).toString().split(' ')[0] ?? '';

/** A spool, and what is known of its messages, in order. */
export class SpoolModel {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #disk: FailingDisk;
  readonly broken: string[] = [];
  #spools: SpoolFile[] = [];
  #path = '';
  #known: Known[] = [];
  #waiting = new Map<string, Known[]>();
  #held: Known[] = [];
  #writing: Promise<void>[] = [];
  #count = 0;

  constructor(directory: string, maxBytes: number, disk: FailingDisk) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#disk = disk;
  }

  async start(): Promise<void> {
    await this.#open(join(this.#directory, 'spool'));
  }

  async end(): Promise<void> {
    this.#disk.heal();
    await Promise.all(this.#writing);
    for (const spool of this.#spools) await spool.close().catch(() => undefined);
  }

  /** Stores these messages in one write. */
  store(messages: readonly Pick<Known, 'integration' | 'pinned' | 'size'>[]): Promise<void> {
    const [known, waiting, held] = [this.#known, this.#waiting, this.#held];
    const given = messages.map(
      (each): Known => ({ ...each, text: `${this.#count++}`, state: 'storing', id: 0 }),
    );
    known.push(...given);
    const noted = known.filter(({ state }) => state === 'noted');
    const stored = this.#spool
      .append(
        given.map(({ text, integration, pinned, size }) => ({
          integration,
          pinned,
          receipt: receiptAt(),
          publish: publishOf(1, { name: `${integration}-open`, text: `${text} ${'x'.repeat(size)}` }),
        })),
      )
      .then((ids) => {
        if (E.isLeft(ids)) {
          for (const each of given) {
            if (ids.left === 'the spool is full') known.splice(known.indexOf(each), 1);
            else each.state = 'doubtful';
          }
          return;
        }
        for (const each of known.filter(({ state }) => state === 'doubtful'))
          known.splice(known.indexOf(each), 1);
        for (const each of noted) each.state = 'flushed';
        for (const each of known) if (each.state === 'found') each.state = 'stored';
        for (const [n, each] of given.entries()) {
          each.state = 'stored';
          each.id = ids.right[n] ?? 0;
          if (each.pinned) held.push(each);
          else waiting.get(each.integration)?.push(each);
        }
      });
    this.#writing.push(stored);
    return stored;
  }

  /** Takes the next messages of an integration; they must be the ones stored next. */
  async take(integration: string, most: number): Promise<void> {
    const taken = rightOf(await this.#spool.take(integration, most));
    const expected = this.#waiting.get(integration)?.splice(0, most) ?? [];
    expect(taken.map(textOf)).to.deep.equal(expected.map(({ text }) => text));
    for (const [n, each] of expected.entries()) each.id = taken[n]?.id ?? 0;
    this.#held.push(...expected);
  }

  /** Settles each nth of the messages that were taken. */
  settle(nth: number): void {
    const settled = this.#held.filter((_, n) => n % nth === 0);
    this.#held = this.#held.filter((_, n) => n % nth !== 0);
    for (const each of settled) {
      each.state = 'settled';
      this.#spool.settled(each.id);
    }
  }

  /** The disk recovers, and another message comes: then all settlements are written. */
  async calm(): Promise<void> {
    this.#disk.heal();
    await Promise.all(this.#writing);
    await this.store([{ integration: 'int1', pinned: false, size: 1 }]);
    await turn();
    await this.#spool.take('nobody', 0);
    for (const each of this.#known) if (each.state === 'settled') each.state = 'noted';
  }

  async close(): Promise<void> {
    this.#disk.heal();
    await Promise.all(this.#writing);
    await this.#spool.close();
    for (const each of this.#known) if (each.state === 'settled') each.state = 'noted';
    await this.#reopen(this.#path, 'noted');
  }

  /** Kills the process; in a power cut, only this share of the unflushed bytes remains. */
  async kill(left: number | null): Promise<void> {
    const [known, old] = [this.#known.map((each) => ({ ...each })), this.#path];
    const path = join(this.#directory, `spool-${this.#count++}`);
    await copyOf(old, path);
    this.#disk.heal();
    if (left !== null) {
      const content = await readFile(path);
      const flushed = flushedBytes(content, new Set(known.filter(isStored).map(({ id }) => id)));
      await truncate(path, flushed + Math.floor(left * (content.length - flushed)));
    }
    this.#known = known;
    await this.#reopen(path, left === null ? 'noted' : 'flushed');
  }

  /**
   * Opens it again: everything is there that must be. A settled message may not come back if its settlement is this
   * safe.
   */
  async #reopen(path: string, sure: 'noted' | 'flushed'): Promise<void> {
    await copyOf(path, `${path}-look`);
    await this.#open(`${path}-look`);
    const look = this.#spool;
    const next: Known[] = [];
    for (const integration of integrations) {
      const taken = rightOf(await look.take(integration, 10_000));
      const texts = taken.map(textOf);
      const own = this.#known.filter((each) => each.integration === integration);
      const there = own.filter(({ text }) => texts.includes(text));
      const gone = own.filter((each) => !there.includes(each));
      expect(texts, 'once, in order, and no other').to.deep.equal(there.map(({ text }) => text));
      expect(inState(gone, 'stored'), 'lost').to.deep.equal([]);
      const over = sure === 'noted' ? inState(there, 'noted', 'flushed') : inState(there, 'flushed');
      expect(over, 'come back').to.deep.equal([]);
      for (const each of own) {
        const id = taken.find((one) => textOf(one) === each.text)?.id;
        if (id !== undefined)
          next.push({ ...each, id, pinned: false, state: isStored(each) ? 'stored' : 'found' });
        // Its settlement is in the file, but a power cut may still undo that.
        else if (isStored(each))
          next.push({ ...each, state: each.state === 'flushed' ? 'flushed' : 'noted' });
      }
    }
    expect(this.broken).to.deep.equal([]);
    this.#known = next;
    this.#held = [];
    this.#writing = [];
    await this.#open(path);
    for (const each of next)
      if (inState([each], 'stored', 'found').length > 0) this.#waiting.get(each.integration)?.push(each);
  }

  async #open(path: string): Promise<void> {
    const broken = (detail: string) => this.broken.push(detail);
    this.#spools.push(
      rightOf(await SpoolFile.open({ path, maxBytes: this.#maxBytes, broken, newer: noNewer })),
    );
    this.#path = path;
    this.#waiting = new Map(integrations.map((each) => [each, []]));
  }

  get #spool(): SpoolFile {
    const spool = this.#spools.at(-1);
    if (spool === undefined) throw new Error('not started');
    return spool;
  }
}

const inState = (known: readonly Known[], ...states: readonly State[]): readonly Known[] =>
  known.filter(({ state }) => states.includes(state));

/** Whether the spool has reported it as on the disk. */
const isStored = (each: Known): boolean =>
  inState([each], 'stored', 'settled', 'noted', 'flushed').length > 0;

/** A copy of the file as it is now. `copyFile` never ends if the file is truncated meanwhile. */
const copyOf = async (from: string, to: string): Promise<void> => writeFile(to, await readFile(from));

/** Length of the content up to the last message that was reported as on the disk, bytes. */
const flushedBytes = (content: Buffer, stored: ReadonlySet<number>): number => {
  let flushed = 0;
  for (let at = 0, end = 0; ; at = end) {
    end = content.indexOf('\n', at) + 1;
    if (end === 0) return flushed;
    const record = parseSpoolLine(content.toString('utf8', at, end - 1));
    if (E.isRight(record) && 'id' in record.right && stored.has(record.right.id)) flushed = end;
  }
};
