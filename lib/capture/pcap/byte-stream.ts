import type { Segment } from './segment.js';

/** A piece of what one end of a connection sent, in order. */
export type Sent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** A gap: the number of bytes that were not captured. */
  | { readonly kind: 'gap'; readonly bytes: number };

/** How many bytes may wait for the segments before them. */
const maxAhead = { bytes: 1_048_576, segments: 1_024 };

/**
 * Reassembles one direction of a TCP connection: takes segments in any order, repeated or overlapping; gives each byte once,
 * in order. Missing bytes become a gap once the other end has acknowledged them (they won't be sent again), or too much waits
 * for them. Begins with SYN, or with the first segment seen. (RFC 9293, 3.4: sequence numbers wrap.)
 */
export class ByteStream {
  #next: number | undefined;
  readonly #ahead = new Map<number, Uint8Array>();
  #aheadBytes = 0;
  /** The sequence number of FIN. */
  #end: number | undefined;

  /** The number of waiting bytes. */
  get waiting(): number {
    return this.#aheadBytes;
  }

  /** Takes the next segment in the order of the file. */
  take({ seq, syn, fin, data }: Segment): readonly Sent[] {
    if (syn) {
      this.#next = (seq + 1) >>> 0;
      return [];
    }
    this.#next ??= seq;
    if (fin) this.#end = (seq + data.length) >>> 0;
    if (data.length === 0) return [];
    if (this.#behind(seq) <= 0) return this.#append(seq, data);
    const known = this.#ahead.get(seq);
    if (known === undefined || known.length < data.length) {
      this.#aheadBytes += data.length - (known?.length ?? 0);
      // Copied, as it is a view of a whole chunk of the file.
      this.#ahead.set(seq, data.slice());
    }
    const isTooMuch = this.#aheadBytes > maxAhead.bytes || this.#ahead.size > maxAhead.segments;
    return isTooMuch ? this.#skip() : [];
  }

  /** The other end has acknowledged everything before this sequence number. */
  acknowledged(number: number): readonly Sent[] {
    const ack = this.#end !== undefined && ((number - this.#end) | 0) > 0 ? this.#end : number;
    if (this.#next === undefined || this.#behind(ack) <= 0) return [];
    const first = this.#first();
    if (first !== undefined && this.#behind(first) < this.#behind(ack)) return this.#skip();
    return [this.#gapTo(ack), ...this.#drained()];
  }

  /** The capture has ended: gives the waiting bytes, with the gaps before them. */
  ended(): readonly Sent[] {
    const sent: Sent[] = [];
    while (this.#ahead.size > 0) sent.push(...this.#skip());
    return sent;
  }

  /** The distance from the next expected byte to `seq`: negative for bytes seen before. */
  #behind(seq: number): number {
    return (seq - (this.#next ?? seq)) | 0;
  }

  #append(seq: number, data: Uint8Array): readonly Sent[] {
    const fresh = data.subarray(-this.#behind(seq));
    if (fresh.length === 0) return [];
    this.#next = ((this.#next ?? seq) + fresh.length) >>> 0;
    return [{ kind: 'data', bytes: fresh }, ...this.#drained()];
  }

  #drained(): readonly Sent[] {
    const sent: Sent[] = [];
    for (let first = this.#first(); first !== undefined && this.#behind(first) <= 0; first = this.#first()) {
      const data = this.#ahead.get(first) ?? new Uint8Array();
      this.#ahead.delete(first);
      this.#aheadBytes -= data.length;
      const fresh = data.subarray(-this.#behind(first));
      if (fresh.length === 0) continue;
      this.#next = ((this.#next ?? 0) + fresh.length) >>> 0;
      sent.push({ kind: 'data', bytes: fresh });
    }
    return sent;
  }

  /** The waiting segment with the lowest sequence number. */
  #first(): number | undefined {
    let first: number | undefined;
    for (const seq of this.#ahead.keys()) {
      if (first === undefined || ((seq - first) | 0) < 0) first = seq;
    }
    return first;
  }

  #skip(): readonly Sent[] {
    const first = this.#first();
    return first === undefined ? [] : [this.#gapTo(first), ...this.#drained()];
  }

  #gapTo(seq: number): Sent {
    const bytes = this.#behind(seq);
    this.#next = seq;
    return { kind: 'gap', bytes };
  }
}
