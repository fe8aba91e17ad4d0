import { within } from './within.js';

/**
 * How long a test waits for one event, ms: enough for a busy machine, as only a failing test waits that long.
 */
const timeoutMs = 150_000;

/** Events in order; a test waits for an entry rather than for some time. */
export class Journal<A> {
  readonly #entries: A[] = [];
  readonly #watchers = new Set<(entry: A) => void>();
  readonly #waiting = new Set<(reason: Error) => void>();
  #end: Error | undefined;

  get entries(): readonly A[] {
    return this.#entries;
  }

  /** A function, so that it can be passed as a callback. */
  readonly put = (entry: A): void => {
    this.#entries.push(entry);
    for (const watch of this.#watchers) watch(entry);
  };

  /** A journal of the results of `pick` for each entry from now on; undefined is left out. */
  derive<B>(pick: (entry: A) => B | undefined): Journal<B> {
    const derived = new Journal<B>();
    this.#watchers.add((entry) => {
      const picked = pick(entry);
      if (picked !== undefined) derived.put(picked);
    });
    this.#waiting.add((reason) => derived.end(reason));
    return derived;
  }

  /** No more entries will come: pending waits reject with this error. */
  end(reason: Error): void {
    this.#end = reason;
    for (const reject of this.#waiting) reject(reason);
  }

  /** Resolves with the first entry that `matches`, an earlier one or a future one; with `nth`, the nth. */
  async first(
    what: string,
    matches: (entry: A) => boolean = () => true,
    { nth = 1, ms = timeoutMs } = {},
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

  /** Resolves with all entries as soon as there are `count`. */
  async filled(what: string, count: number, ms = timeoutMs): Promise<readonly A[]> {
    if (count > 0) await this.first(what, () => true, { nth: count, ms });
    return this.#entries;
  }
}
