import * as t from 'io-ts';
import { startState } from '../capture/line-state.js';
import { lineReader } from '../capture/ndjson.js';
import { withStart } from '../capture/place.js';
import type { Starts } from '../capture/skip.js';
import type { Run, RunSet } from '../report/run.js';
import { byteLength, type Payload } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { type Growing, messageOf } from './growing.js';
import { CalledLine, EventLine, SettledLine } from './lines.js';

/** Something that the daemon reported, and when: ms since the start of the recording. */
export interface RunEvent {
  readonly at: number;
  readonly message: string;
}

/** What a recording shows. */
export interface Recording {
  readonly run: Run;
  readonly events: readonly RunEvent[];
  /** Why the first of `run.skippedLines` was skipped; quotes nothing of it. */
  readonly whySkipped?: string;
}

/**
 * Reads a flight recorder, its files in order of time, as a run: what truly happened. A torn or unknown line is skipped, and
 * so is what a newer version recorded. A message that arrived before the recording begins where its first line is.
 */
export const readRecording = (texts: readonly string[]): Recording => {
  const reading = new Reading();
  for (const text of texts) {
    reading.nextFile();
    for (const line of text.split('\n')) reading.take(line);
  }
  return reading.end();
};

/** What a recorder adds to the line of a publish, and its time of receipt. */
const Arrived = t.type({ seq: t.number, tst: t.string });

type Id = t.TypeOf<typeof SettledLine>['settled'] | t.TypeOf<typeof CalledLine>['called'];

class Reading {
  readonly #messages: Growing[] = [];
  readonly #sets: RunSet[] = [];
  readonly #events: RunEvent[] = [];
  /** The messages of this run of the daemon that are not settled, by number. */
  #open = new Map<number, Growing>();
  /** Those that were spooled, by what is known of them when they come back: in order, as equal ones come back in order. */
  readonly #spooled = new Map<string, Growing[]>();
  /** Those that came back in this run of the daemon. */
  #returned = new Set<Growing>();
  #state = startState();
  #recordOf = lineReader(true, this.#state);
  #starts: Starts | undefined;
  #now = 0;
  #skipped = 0;
  #whySkipped: string | undefined;

  nextFile(): void {
    this.#state = startState();
    this.#recordOf = lineReader(true, this.#state);
  }

  take(line: string): void {
    const json = parsed(line);
    if (this.#state.isNewer) this.#captured(line, json);
    else if (CalledLine.is(json)) this.#called(json);
    else if (SettledLine.is(json)) this.#settled(json);
    else if (EventLine.is(json)) this.#happened(json);
    else this.#captured(line, json);
  }

  end(): Recording {
    return {
      events: this.#events,
      run: {
        title: 'flight recorder',
        // By the latest clock: the one before may have been set since.
        ...(this.#starts === undefined
          ? {}
          : { startedAt: this.#starts.latest.startedAt - this.#starts.latestMs }),
        durationMs: this.#now,
        speed: '1x',
        target: 'cvmain',
        calls: 'made',
        messages: this.#messages.map(messageOf).sort((one, other) => one.at - other.at),
        sets: this.#sets,
        skippedLines: this.#skipped,
      },
      ...(this.#whySkipped === undefined ? {} : { whySkipped: this.#whySkipped }),
    };
  }

  #at(offsetMs: number): number {
    this.#now = Math.min(Math.max(this.#now, (this.#starts?.latestMs ?? 0) + offsetMs), mostMs);
    return this.#now;
  }

  #captured(line: string, json: unknown): void {
    const record = this.#recordOf(line);
    switch (record?.kind) {
      case 'start':
        this.#starts = withStart(this.#starts, record, this.#now, this.#now);
        return;
      case 'set':
        this.#sets.push({ at: this.#at(record.offsetMs), names: [...record.integrations.keys()] });
        return;
      case 'publish':
        this.#arrived(record.publish, record.offsetMs, json);
        return;
      case 'broken':
        this.#skipped += 1;
        this.#whySkipped ??= record.detail;
        return;
      default:
    }
  }

  #arrived(publish: Publish, offsetMs: number, json: unknown): void {
    const { seq = publish.seq, tst = '' } = Arrived.is(json) ? json : {};
    const receivedAt = Date.parse(tst);
    const bytes = publish.oversized?.bytes ?? byteLength(publish.payload);
    this.#add({ publish: { ...publish, seq, receivedAt }, bytes, at: this.#at(offsetMs), calls: [] });
  }

  #add(message: Growing): Growing {
    this.#messages.push(message);
    this.#open.set(message.publish.seq, message);
    return message;
  }

  #called({ offset_ms, called }: t.TypeOf<typeof CalledLine>): void {
    const endedAt = this.#at(offset_ms);
    const { to, outcome, took_ms, detail } = called;
    this.#messageOf(called, endedAt).calls.push({
      target: to === null ? 'notifier' : 'external',
      ...(to === null ? {} : { to }),
      at: Math.max(0, endedAt - took_ms),
      endedAt,
      outcome,
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #settled({ offset_ms, settled }: t.TypeOf<typeof SettledLine>): void {
    const at = this.#at(offset_ms);
    const message = this.#messageOf(settled, at);
    const { end, detail, name } = settled;
    if (name !== undefined) message.name = name;
    this.#open.delete(settled.seq);
    if (end === 'spooled') {
      const key = spoolKey(message.publish);
      this.#spooled.set(key, [...(this.#spooled.get(key) ?? []), message]);
      return;
    }
    message.result = { at, kind: end, ...(detail === undefined ? {} : { detail }) };
  }

  /** The message of a line. It may have arrived before the recording, or be one that was spooled and numbered anew. */
  #messageOf(id: Id, at: number): Growing {
    const known = this.#open.get(id.seq);
    if (known !== undefined) return known;
    const { seq, topic = '', received_at_ms: receivedAt = Number.NaN, name } = id;
    const spooled = this.#spooled
      .get(spoolKey({ topic, receivedAt }))
      ?.find(
        (each) =>
          (name === undefined || each.name === name) &&
          each.result === undefined &&
          !this.#returned.has(each),
      );
    if (spooled !== undefined) {
      this.#returned.add(spooled);
      this.#open.set(seq, spooled);
      return spooled;
    }
    const payload: Payload = { text: '' };
    const publish = { seq, topic, payload, qos: 1, retain: false, dup: false, receivedAt } as const;
    return this.#add({ publish, bytes: 0, at, calls: [], ...(name === undefined ? {} : { name }) });
  }

  #happened({ offset_ms, event, message }: t.TypeOf<typeof EventLine>): void {
    // Another process numbers its publishes from the start again.
    const at = this.#at(offset_ms);
    if (event === 'starting') {
      this.#open = new Map();
      this.#returned = new Set();
    }
    this.#events.push({ at, message });
  }
}

/** Times beyond are those of a broken line, ms since the start. */
const mostMs = 1e13;

const spoolKey = ({ topic, receivedAt }: Pick<Publish, 'topic' | 'receivedAt'>): string =>
  `${receivedAt} ${topic}`;

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
