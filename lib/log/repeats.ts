/** Log entries with the same group and name are repeats of each other. */
export interface EntryKind {
  /** At most {@link maxNames} names of a group are distinguished; entries with other names are repeats of each other. */
  readonly group: string;
  /** Untrusted: may come from outside. */
  readonly name: string;
  /** How many entries of the kind are written within a minute before repeats are counted. */
  readonly free: number;
}

/** Entries that were counted instead of written. */
export interface Repeated<A> {
  readonly latest: A;
  readonly count: number;
}

interface KindState<A> {
  readonly group: string;
  since: number;
  /** How many more may be written in this minute. */
  left: number;
  count: number;
  latest: A | undefined;
  latestAt: number;
}

/** Repeats are summed up once in this time, ms. */
export const minuteMs = 60_000;

/** Bounds memory: names come from outside, any number of them. */
const maxNames = 8;

/** How long an idle name keeps its place among {@link maxNames}, ms. */
const keptMs = 600_000;

/**
 * Decides which log entries are written and which are counted. The first ones of each kind are written at once; those that
 * follow within a minute are summed up at its end, and so on each minute while the kind repeats. `now` is monotonic, ms.
 * Memory is bounded, whatever names come.
 */
export class Repeats<A> {
  readonly #kinds = new Map<string, KindState<A>>();

  /** Whether to write this entry; if not, it is counted. Call {@link due} first. */
  take(kind: EntryKind, entry: A, now: number): boolean {
    const state = this.#stateOf(kind, now);
    state.latestAt = now;
    if (state.left > 0) {
      state.left -= 1;
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
    const due: (Repeated<A> & { readonly at: number })[] = [];
    for (const [key, state] of this.#kinds) {
      if (now < state.since + minuteMs) continue;
      if (state.count > 0 && state.latest !== undefined) {
        due.push({ latest: state.latest, count: state.count, at: state.latestAt });
        Object.assign(state, { since: now, count: 0, latest: undefined });
      } else if (now >= state.latestAt + keptMs) this.#kinds.delete(key);
    }
    return due.sort((one, other) => one.at - other.at).map(({ latest, count }) => ({ latest, count }));
  }

  #stateOf({ group, name, free }: EntryKind, now: number): KindState<A> {
    const known = this.#kinds.get(`${group} ${name}`);
    const names = known === undefined ? [...this.#kinds.values()].filter((each) => each.group === group) : [];
    const key = names.length < maxNames ? `${group} ${name}` : group;
    const state = known ?? this.#kinds.get(key);
    if (state === undefined) {
      const fresh = {
        group: key === group ? '' : group,
        since: now,
        left: free,
        count: 0,
        latest: undefined,
        latestAt: now,
      };
      this.#kinds.set(key, fresh);
      return fresh;
    }
    // After a minute without a repeat, the next entries are written at once again.
    if (now >= state.since + minuteMs && state.count === 0) Object.assign(state, { since: now, left: free });
    return state;
  }
}
