/** What makes two log lines repeats of each other. */
export interface LineKind {
  /** At most {@link maxNames} names of a group are told apart; lines with other names are repeats of each other. */
  readonly group: string;
  /** May come from outside. */
  readonly name: string;
  /** How many lines of the kind are written within a minute before repeats are counted. */
  readonly free: number;
}

/** Lines that were counted and not written. */
export interface Repeated<A> {
  readonly latest: A;
  readonly count: number;
}

interface Entry<A> {
  readonly group: string;
  since: number;
  /** How many may still be written in this minute. */
  left: number;
  count: number;
  latest: A | undefined;
  latestAt: number;
}

/** Repeats are summed up over this time, ms. */
export const minuteMs = 60_000;

/** Names come from outside, so that any number of them may come. */
const maxNames = 8;

/** How long a name keeps its place, ms: ever new names take no more places in that time than there are. */
const keptMs = 600_000;

/**
 * Decides which log lines are written and which are counted: of each kind the first ones at once, and what comes within a
 * minute of them as one line at its end, and so on each minute while it repeats. `now` is monotonic, ms. What is
 * kept is bounded, whatever names come.
 */
export class Repeats<A> {
  readonly #entries = new Map<string, Entry<A>>();

  /** Whether this line is to be written; else it is counted. Call {@link due} before. */
  take(kind: LineKind, line: A, now: number): boolean {
    const entry = this.#entryOf(kind, now);
    entry.latestAt = now;
    if (entry.left > 0) {
      entry.left -= 1;
      return true;
    }
    entry.count += 1;
    entry.latest = line;
    return false;
  }

  /** Whether a line is counted and not written yet. */
  get counting(): boolean {
    return [...this.#entries.values()].some(({ count }) => count > 0);
  }

  /** What was counted and is to be written now, the latest last. At the end of the log, `now` is infinite. */
  due(now: number): readonly Repeated<A>[] {
    const due: (Repeated<A> & { readonly at: number })[] = [];
    for (const [key, entry] of this.#entries) {
      if (now < entry.since + minuteMs) continue;
      if (entry.count > 0 && entry.latest !== undefined) {
        due.push({ latest: entry.latest, count: entry.count, at: entry.latestAt });
        Object.assign(entry, { since: now, count: 0, latest: undefined });
      } else if (now >= entry.latestAt + keptMs) this.#entries.delete(key);
    }
    return due.sort((one, other) => one.at - other.at).map(({ latest, count }) => ({ latest, count }));
  }

  #entryOf({ group, name, free }: LineKind, now: number): Entry<A> {
    const known = this.#entries.get(`${group} ${name}`);
    const names =
      known === undefined ? [...this.#entries.values()].filter((each) => each.group === group) : [];
    const key = names.length < maxNames ? `${group} ${name}` : group;
    const entry = known ?? this.#entries.get(key);
    if (entry === undefined) {
      const fresh = {
        group: key === group ? '' : group,
        since: now,
        left: free,
        count: 0,
        latest: undefined,
        latestAt: now,
      };
      this.#entries.set(key, fresh);
      return fresh;
    }
    // A minute without a repeat: the next one is a first one again.
    if (now >= entry.since + minuteMs && entry.count === 0) Object.assign(entry, { since: now, left: free });
    return entry;
  }
}
