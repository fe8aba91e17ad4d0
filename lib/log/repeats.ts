/** Log entries with the same group and name are repeats of each other. */
export interface EntryKind {
  /** At most {@link maxNames} names of a group are distinguished; entries with other names are repeats of each other. */
  readonly group: string;
  /** Untrusted: may come from outside. */
  readonly name: string;
  /** How many entries of the kind are written at once before repeats are counted. */
  readonly free: number;
  /** From an entry to the sum of its repeats, ms; after as long without any, the kind no longer repeats. */
  readonly firstMs: number;
  /** The time to the next sum doubles with each, up to this, ms. */
  readonly longestMs: number;
  /** Groups whose trouble this entry ends: their sums come before it. */
  readonly ends: readonly string[];
}

/** Entries that were counted instead of written. */
export interface Repeated<A> {
  readonly latest: A;
  readonly count: number;
  /** From the last line of the kind to the latest of them, ms. */
  readonly withinMs: number;
}

interface KindState<A> {
  readonly kind: EntryKind;
  /** Stands for all names beyond {@link maxNames}. */
  readonly isRest: boolean;
  /** Time of the last entry or sum that was written. */
  since: number;
  /** Time from there to the next sum. */
  waitMs: number;
  /** How many more may be written at once. */
  left: number;
  count: number;
  latest: A | undefined;
  latestAt: number;
}

/** Bounds memory: names come from outside, any number of them. */
const maxNames = 8;

/** How long an idle name keeps its place among {@link maxNames}, ms. */
const keptMs = 600_000;

/**
 * Decides which log entries are written and which are counted. The first ones of each kind are written at once; those that
 * follow are summed up, less and less often while the kind repeats, and when it no longer does. `now` is monotonic, ms. Memory is bounded, whatever names
 * come.
 */
export class Repeats<A> {
  readonly #kinds = new Map<string, KindState<A>>();

  /** Whether to write this entry; if not, it is counted. Call {@link due} first, and {@link ended} before it is written. */
  take(kind: EntryKind, entry: A, now: number): boolean {
    const state = this.#stateOf(kind, now);
    const isIdle = now >= Math.max(state.since, state.latestAt) + kind.firstMs;
    if (state.count === 0 && isIdle) Object.assign(state, { left: kind.free, waitMs: kind.firstMs });
    state.latestAt = now;
    if (state.left > 0) {
      state.left -= 1;
      state.since = now;
      return true;
    }
    state.count += 1;
    state.latest = entry;
    return false;
  }

  /** Whether any entry is counted and not yet summed up. */
  get counting(): boolean {
    return [...this.#kinds.values()].some(({ count }) => count > 0);
  }

  /** Takes the sums that are to be written now, the latest last. At the end of the log, `now` is infinite. */
  due(now: number): readonly Repeated<A>[] {
    const isDue = ({ kind, since, waitMs, count, latestAt }: KindState<A>): boolean =>
      count > 0 && now >= Math.min(since + waitMs, latestAt + kind.firstMs);
    const due = [...this.#kinds.values()].filter(isDue);
    const ended = due.flatMap(({ kind }) => kind.ends);
    for (const [key, { count, latestAt }] of this.#kinds)
      if (count === 0 && now >= latestAt + keptMs) this.#kinds.delete(key);
    return this.#sums((state) => due.includes(state) || ended.includes(state.kind.group), now);
  }

  /** Takes the sums of the troubles that an entry of this kind ends; from now on they are written at once again. */
  ended({ ends }: EntryKind, now: number): readonly Repeated<A>[] {
    if (ends.length === 0) return [];
    const sums = this.#sums(({ kind }) => ends.includes(kind.group), now);
    for (const [key, { kind }] of this.#kinds) if (ends.includes(kind.group)) this.#kinds.delete(key);
    return sums;
  }

  #sums(which: (state: KindState<A>) => boolean, now: number): readonly Repeated<A>[] {
    const sums: (Repeated<A> & { readonly at: number })[] = [];
    for (const state of this.#kinds.values()) {
      const { kind, since, waitMs, count, latest, latestAt: at } = state;
      if (count === 0 || latest === undefined || !which(state)) continue;
      sums.push({ latest, count, withinMs: at - since, at });
      Object.assign(state, {
        since: now,
        waitMs: Math.min(2 * waitMs, kind.longestMs),
        count: 0,
        latest: undefined,
      });
    }
    return sums.sort((one, other) => one.at - other.at);
  }

  #stateOf(kind: EntryKind, now: number): KindState<A> {
    const { group, name, free, firstMs } = kind;
    const named = this.#kinds.get(`${group} ${name}`);
    if (named !== undefined) return named;
    const names = [...this.#kinds.values()].filter((each) => each.kind.group === group && !each.isRest);
    const isRest = names.length >= maxNames;
    const key = isRest ? group : `${group} ${name}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const fresh = {
      kind,
      isRest,
      since: now,
      waitMs: firstMs,
      left: free,
      count: 0,
      latest: undefined,
      latestAt: now,
    };
    this.#kinds.set(key, fresh);
    return fresh;
  }
}
