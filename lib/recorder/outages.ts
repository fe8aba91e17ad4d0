import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { lineReader } from '../capture/ndjson.js';
import type { Outage } from '../capture/outages.js';
import { withStart } from '../capture/place.js';
import type { CaptureRecord } from '../capture/record.js';
import type { Starts } from '../capture/skip.js';
import { decodeJsonWith } from '../util/codec.js';
import type { Line } from '../util/lines.js';
import { CalledLine, EventLine } from './lines.js';

const Header = t.type({ cvmqtt_capture: t.number });
const RecorderHeader = t.intersection([Header, t.type({ payloads: t.string })]);
const Numbered = t.type({ seq: t.number });
const Other = t.union([CalledLine, EventLine]);

/** An outage begins before the message whose call shows it, ms. */
const leadMs = 1;

/** As soon after a moment, ms, as a message may come. */
const nextMs = 0.001;

/** Whether a file is a capture of our own, and a flight recorder's, by its first line. */
export const kindByHeader = (firstLine: string): 'recording' | 'capture' | undefined =>
  E.isRight(decodeJsonWith(RecorderHeader)(firstLine))
    ? 'recording'
    : E.isRight(decodeJsonWith(Header)(firstLine))
      ? 'capture'
      : undefined;

/**
 * Finds in the lines of flight recorders when cvmain was away: before the first message whose call did not reach it, as a replay
 * calls cvmain at the receipt of a message, and after the last one whose call did. The recorder itself says it only after
 * that call. Times are placed as a replay places them (`concatenated`).
 */
export class RecordedCalls {
  /** In order of time; ms since the start of the first file. */
  readonly outages: (Outage & { readonly offsetMs: number })[] = [];
  /** How many calls cvmain refused or failed. */
  bad = 0;
  #recordOf = lineReader(true);
  #starts: Starts | undefined;
  #endMs = 0;
  /** Of this run of the daemon, by number. */
  readonly #arrivedMs = new Map<number, number>();
  /** When the last message was received that cvmain was called for, and answered. */
  #servedMs = Number.NEGATIVE_INFINITY;
  /** Whether cvmain answered a call since it is said to serve. */
  #hasAnswered = false;

  /** The lines of another file follow. */
  nextFile(): void {
    this.#recordOf = lineReader(true);
  }

  take(line: Line): void {
    const other =
      typeof line === 'string' && isOther.test(line) ? decodeJsonWith(Other)(line) : E.left(undefined);
    if (E.isLeft(other)) this.#captured(this.#recordOf(line), line);
    else if ('called' in other.right) this.#called(other.right);
    // Another process numbers its publishes from the start again.
    else if (other.right.event === 'starting') this.#arrivedMs.clear();
  }

  #captured(record: CaptureRecord | undefined, line: Line): void {
    if (record?.kind === 'start') this.#starts = withStart(this.#starts, record, 0, this.#endMs);
    if (record === undefined || !('offsetMs' in record)) return;
    this.#endMs = this.#placed(record.offsetMs);
    if (record.kind === 'cvmain') this.#change(record.serves, this.#endMs);
    if (record.kind !== 'publish' || typeof line !== 'string') return;
    const { right: numbered } = { right: undefined, ...decodeJsonWith(Numbered)(line) };
    if (numbered !== undefined) this.#arrivedMs.set(numbered.seq, this.#endMs);
  }

  #called({ offset_ms, called }: t.TypeOf<typeof CalledLine>): void {
    const calledMs = this.#placed(offset_ms) - called.took_ms;
    const receivedMs = Math.min(this.#arrivedMs.get(called.seq) ?? calledMs, calledMs);
    if (called.outcome === 'refused' || called.outcome === 'failed') this.bad += 1;
    if (called.outcome !== 'away') {
      this.#servedMs = Math.max(this.#servedMs, receivedMs);
      this.#hasAnswered = true;
      return;
    }
    const last = this.outages.at(-1);
    const fromMs = Math.max(this.#servedMs + nextMs, receivedMs - leadMs);
    // It was said to serve again while this message waited, and did not answer.
    if (this.outages.length > 1 && last?.serves && !this.#hasAnswered && fromMs <= last.offsetMs)
      this.outages.pop();
    else this.#change(false, Math.max(fromMs, last === undefined ? 0 : last.offsetMs + nextMs));
  }

  #change(serves: boolean, offsetMs: number): void {
    const last = this.outages.at(-1);
    if (last?.serves === serves) return;
    this.outages.push({ serves, offsetMs: Math.max(0, offsetMs) });
    this.#hasAnswered = false;
  }

  #placed(offsetMs: number): number {
    return (this.#starts?.latestMs ?? 0) + offsetMs;
  }
}

/** What the lines have that are no lines of a capture. */
const isOther = /"(?:called|event)":/;
