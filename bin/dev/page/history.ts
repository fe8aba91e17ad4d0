import { Fifo } from '../../../lib/util/fifo.js';
import { shortened } from '../../../lib/util/printable.js';
import type { DevEvent } from '../event.js';

/** Longest text in an event for the page, characters. */
const longestText = 1_024;

/** An event as a line of JSON, with long texts cut: they are to be read, and bound what the page keeps. */
export const lineOf = (event: DevEvent): string =>
  JSON.stringify(event, (_, value: unknown) =>
    typeof value === 'string' ? shortened(value, longestText) : value,
  );

/** What is kept. */
export interface HistoryBounds {
  readonly events: number;
  /** Of recent lines together, and of older ones, characters. */
  readonly characters: number;
  /** Of apps and messages under way that are older than the rest, and of lines for one. */
  readonly facts: number;
}

const defaultBounds: HistoryBounds = { events: 20_000, characters: 4_000_000, facts: 1_000 };

interface Kept {
  readonly event: Pick<DevEvent, 'event'>;
  /** What the event is about: events about the same end each other's meaning. */
  readonly about: string | undefined;
  readonly line: string;
}

/**
 * The latest events, for a page that is opened later. Of older ones, it keeps what still holds: registrations, and the
 * arrival of messages that have not ended. All of it is bounded.
 */
export class History {
  readonly #bounds: HistoryBounds;
  readonly #recent = new Fifo<Kept>();
  #characters = 0;
  readonly #facts = new Map<string, readonly Kept[]>();
  #factCharacters = 0;

  constructor(bounds: HistoryBounds = defaultBounds) {
    this.#bounds = bounds;
  }

  /** Adds an event; returns its line. */
  add(event: DevEvent): string {
    const line = lineOf(event);
    this.#recent.push({ event: { event: event.event }, about: aboutOf(event), line });
    this.#characters += line.length;
    const { events, characters } = this.#bounds;
    while (this.#recent.size > events || this.#characters > characters) {
      const oldest = this.#recent.shift();
      if (oldest === undefined) break;
      this.#characters -= oldest.line.length;
      this.#remember(oldest);
    }
    return line;
  }

  /** The lines that bring a page up to date, in order. */
  get lines(): readonly string[] {
    return [...[...this.#facts.values()].flat(), ...this.#recent.items].map(({ line }) => line);
  }

  #remember(kept: Kept): void {
    const { about, event } = kept;
    if (about === undefined) return;
    const known = this.#facts.get(about) ?? [];
    this.#replace(about, changed[event.event](known, kept).slice(0, this.#bounds.facts));
    const { characters, facts } = this.#bounds;
    for (const oldest of this.#facts.keys()) {
      if (this.#facts.size <= facts && this.#factCharacters <= characters) break;
      this.#replace(oldest, []);
    }
  }

  #replace(about: string, next: readonly Kept[]): void {
    this.#factCharacters += sizeOf(next) - sizeOf(this.#facts.get(about) ?? []);
    if (next.length === 0) this.#facts.delete(about);
    else this.#facts.set(about, next);
  }
}

const sizeOf = (lines: readonly Kept[]): number => lines.reduce((sum, { line }) => sum + line.length, 0);

type Change = (known: readonly Kept[], kept: Kept) => readonly Kept[];

const added: Change = (known, kept) => [...known, kept];
const replaced: Change = (_, kept) => [kept];
const same: Change = (known) => known;

/** Forgets the oldest of equal messages: they are for one app, so they end in order. */
const ended: Change = (known) => {
  const next = known.findIndex(({ event }, at) => at > 0 && event.event === 'received');
  return next === -1 ? [] : known.slice(next);
};

/** What an old event leaves. */
const changed: Readonly<Record<DevEvent['event'], Change>> = {
  started: replaced,
  registered: replaced,
  unregistered: () => [],
  received: added,
  held: added,
  spooled: added,
  called: same,
  unheard: same,
  notified: ended,
  'dead-lettered': ended,
  log: same,
};

const aboutOf = (event: DevEvent): string | undefined => {
  if (event.event === 'started') return 'started';
  if (event.event === 'registered' || event.event === 'unregistered') return `app ${event.name}`;
  return 'digest' in event ? `message ${event.digest}` : undefined;
};
