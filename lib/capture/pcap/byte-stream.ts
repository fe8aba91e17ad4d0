import { Ahead } from './ahead.js';
import type { Segment } from './segment.js';
import type { Moment } from './step.js';

/** A piece of what one end of a connection sent, in order: what one segment added, or a gap of bytes that were not captured. */
export type Sent = Moment &
  ({ readonly kind: 'data'; readonly bytes: Uint8Array } | { readonly kind: 'gap'; readonly bytes: number });

/** A sequence number further away than this is not of this stream, bytes. */
const farAway = 64 * 1_048_576;

/**
 * Reassembles one direction of a TCP connection: takes segments in any order, repeated or overlapping; gives each byte once,
 * in order; where segments differ, the first one captured counts. It begins at SYN, or at the lowest sequence number among
 * the first segments. A missing byte is waited for until {@link giveUp} or {@link ended}, or until too much waits for it.
 * (RFC 9293, 3.4: sequence numbers wrap.)
 */
export class ByteStream {
  /** The sequence number of SYN. */
  #initial: number | undefined;
  #isWhole = false;
  #next: number | undefined;
  readonly #ahead = new Ahead();
  /** The sequence number after all that was sent. */
  #sent: number | undefined;
  #acknowledged: number | undefined;
  /** When the missing bytes were first missed. */
  #missed: Moment | undefined;
  /** Their sequence number. */
  #missedAt: number | undefined;
  /** The sequence number of FIN. */
  #end: number | undefined;

  /** The number of waiting bytes. */
  get waiting(): number {
    return this.#ahead.bytes;
  }

  /** The sequence number of SYN, if it was seen. */
  get initial(): number | undefined {
    return this.#initial;
  }

  /** Whether its first byte is known by a SYN, its own or the acknowledged one. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Whether what is missing won't come any more, unless the file is out of order. */
  get isStalled(): boolean {
    if (this.#next === undefined) return this.#ahead.size > 0;
    return this.#missing > (this.#ahead.size > 0 ? 0 : 1);
  }

  /** The packet at which the missing bytes were first missed. */
  get missedSince(): number | undefined {
    return this.#missed?.number;
  }

  /** How many bytes the other end has acknowledged that were not seen: 1 may also be a FIN that was not captured. */
  get #missing(): number {
    return this.#acknowledged === undefined ? 0 : Math.max(0, this.#behind(this.#acknowledged));
  }

  /** Whether a sequence number can belong to this stream, within `distance` of what was last seen. */
  isNear(seq: number, distance: number): boolean {
    const known = this.#next ?? this.#ahead.first;
    return known === undefined || Math.abs((seq - known) | 0) <= distance;
  }

  /** Takes the next segment in the order of the file. */
  take(segment: Segment, moment: Moment): readonly Sent[] {
    const sent = this.#taken(segment, moment);
    this.#notice(moment);
    return sent;
  }

  #taken({ seq, syn, fin, data, length }: Segment, moment: Moment): readonly Sent[] {
    if (syn) this.#initial ??= seq;
    const from = syn ? (seq + 1) >>> 0 : seq;
    if (fin) this.#end ??= (from + length) >>> 0;
    const end = (from + length) >>> 0;
    if (length > 0 && (this.#sent === undefined || ((end - this.#sent) | 0) > 0)) this.#sent = end;
    const begun = syn ? this.beginAt(from) : [];
    if (data.length === 0) return begun;
    if (this.#next !== undefined && this.#behind(from) <= 0)
      return [...begun, ...this.#append(from, data, moment)];
    this.#ahead.add(from, { ...moment, data });
    return this.#ahead.isTooMuch ? [...begun, ...this.giveUp()] : begun;
  }

  /** The stream begins at this sequence number, as SYN says. */
  beginAt(seq: number): readonly Sent[] {
    if (this.#next !== undefined) return [];
    this.#isWhole = true;
    return this.#startAt(seq);
  }

  /** The other end has acknowledged everything before this sequence number. */
  acknowledged(number: number, moment: Moment): void {
    const ack = this.#end !== undefined && ((number - this.#end) | 0) > 0 ? this.#end : number;
    if (!this.isNear(ack, farAway)) return;
    if (this.#acknowledged === undefined || ((ack - this.#acknowledged) | 0) > 0) this.#acknowledged = ack;
    this.#notice(moment);
  }

  /** Gives what waits, if it is acknowledged or too much: with the gap before it, or the beginning without SYN. */
  giveUp(): readonly Sent[] {
    const first = this.#ahead.first;
    if (this.#next === undefined || this.#missing === 0) return this.#skip();
    const isAckFirst = first === undefined || this.#missing < this.#behind(first);
    return isAckFirst ? this.#gapTo((this.#next + this.#missing) >>> 0) : this.#skip();
  }

  /** The connection or the capture has ended: gives all that waits, with the gaps in it. */
  ended(): readonly Sent[] {
    const sent: Sent[] = [];
    while (this.#ahead.size > 0) sent.push(...this.#skip());
    if (this.#next !== undefined && this.#sent !== undefined && this.#behind(this.#sent) > 0)
      sent.push(...this.#gapTo(this.#sent));
    if (this.isStalled) sent.push(...this.giveUp());
    return sent;
  }

  #notice(moment: Moment): void {
    const isMissing =
      this.#missing > 0 ||
      (this.#sent !== undefined && (this.#next === undefined || this.#behind(this.#sent) > 0));
    if (!isMissing) this.#missed = undefined;
    else if (this.#missed === undefined || this.#missedAt !== this.#next) this.#missed = moment;
    this.#missedAt = this.#next;
  }

  /** The distance from the next expected byte to `seq`: negative for bytes seen before. */
  #behind(seq: number): number {
    return (seq - (this.#next ?? seq)) | 0;
  }

  #append(seq: number, data: Uint8Array, moment: Moment): readonly Sent[] {
    const fresh = data.subarray(-this.#behind(seq));
    if (fresh.length === 0) return [];
    // What waits was captured before: it counts where both have a byte.
    this.#ahead.dropProbes((seq + data.length) >>> 0);
    const { first } = this.#ahead;
    const room = first === undefined ? fresh.length : Math.max(0, this.#behind(first));
    const own = fresh.subarray(0, room);
    this.#next = ((this.#next ?? seq) + own.length) >>> 0;
    const sent: readonly Sent[] = own.length === 0 ? [] : [{ kind: 'data', bytes: own, ...moment }];
    if (first === undefined) return sent;
    const drained = this.#drained();
    return [...sent, ...drained, ...this.#append(seq, data, moment)];
  }

  #drained(): readonly Sent[] {
    const sent: Sent[] = [];
    for (
      let first = this.#ahead.first;
      first !== undefined && this.#behind(first) <= 0;
      first = this.#ahead.first
    ) {
      const waiting = this.#ahead.take(first);
      if (waiting === undefined) continue;
      const { data, ...moment } = waiting;
      const fresh = data.subarray(-this.#behind(first));
      if (fresh.length === 0) continue;
      this.#next = ((this.#next ?? 0) + fresh.length) >>> 0;
      sent.push({ kind: 'data', bytes: fresh, ...moment });
    }
    return sent;
  }

  #skip(): readonly Sent[] {
    const first = this.#ahead.first;
    if (first === undefined) return [];
    return this.#next === undefined ? this.#startAt(first) : this.#gapTo(first);
  }

  #startAt(seq: number): readonly Sent[] {
    this.#next = seq;
    return this.#drained();
  }

  #gapTo(seq: number): readonly Sent[] {
    const bytes = this.#behind(seq);
    const { number, timeMs } = this.#missed ?? { number: 0, timeMs: 0 };
    this.#next = seq;
    const drained = this.#drained();
    this.#missed = this.#ahead.get(this.#ahead.first ?? seq) ?? this.#missed;
    return [{ kind: 'gap', bytes, number, timeMs }, ...drained];
  }
}
