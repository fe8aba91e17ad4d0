import { within } from './within.js';

/** How long a test waits for one thing, ms: long enough for a busy machine, as only a test that fails takes so long. */
const patienceMs = 60_000;

/** What was seen, in order; a test waits for an entry instead of for some time. */
export class Journal<A> {
  readonly #entries: A[] = [];
  readonly #watchers = new Set<(entry: A) => void>();
  readonly #waiting = new Set<(reason: Error) => void>();
  #end: Error | undefined;

  get entries(): readonly A[] {
    return this.#entries;
  }

  /** A function, so that it can be given away as a callback. */
  readonly put = (entry: A): void => {
    this.#entries.push(entry);
    for (const watch of this.#watchers) watch(entry);
  };

  /** A journal of what `pick` makes of each entry from now on; what is undefined is left out. */
  derive<B>(pick: (entry: A) => B | undefined): Journal<B> {
    const derived = new Journal<B>();
    this.#watchers.add((entry) => {
      const picked = pick(entry);
      if (picked !== undefined) derived.put(picked);
    });
    this.#waiting.add((reason) => derived.end(reason));
    return derived;
  }

  /** Nothing more will come: who waits gets this error. */
  end(reason: Error): void {
    this.#end = reason;
    for (const reject of this.#waiting) reject(reason);
  }

  /** The first entry that `matches`, one that is here already or the next; with `nth`, the nth such one. */
  async first(
    what: string,
    matches: (entry: A) => boolean = () => true,
    { nth = 1, ms = patienceMs } = {},
  ): Promise<A> {
    let left = nth;
    const here = this.#entries.find((entry) => matches(entry) && --left === 0);
    if (here !== undefined) return here;
    if (this.#end !== undefined) throw this.#end;
    let watcher: (entry: A) => void = () => undefined;
    let ended: (reason: Error) => void = () => undefined;
    const found = new Promise<A>((resolve, reject) => {
      watcher = (entry) => {
        if (matches(entry) && --left === 0) resolve(entry);
      };
      ended = reject;
      this.#watchers.add(watcher);
      this.#waiting.add(ended);
    });
    try {
      return await within(ms, () => `${what} (${nth - left} of ${nth} came)`, found);
    } finally {
      this.#watchers.delete(watcher);
      this.#waiting.delete(ended);
    }
  }

  /** All entries, as soon as there are `count`. */
  async filled(what: string, count: number, ms = patienceMs): Promise<readonly A[]> {
    if (count > 0) await this.first(what, () => true, { nth: count, ms });
    return this.#entries;
  }
}
