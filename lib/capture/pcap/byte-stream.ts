import type { Segment } from './segment.js';

/** What one end of a connection sent, in order. */
export type Sent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** So many bytes were not captured. */
  | { readonly kind: 'gap'; readonly bytes: number };

/** What may wait for the segments before it. */
const maxAhead = { bytes: 1_048_576, segments: 1_024 };

/**
 * One direction of a TCP connection: segments in any order, repeated, overlapping; bytes in order, each once. What is
 * missing is a gap as soon as the other end acknowledged it, so will not be repeated, or too much waits behind it. Begins
 * with SYN, or with the first segment that is seen. (RFC 9293, 3.4: sequence numbers wrap.)
 */
export class ByteStream {
  #next: number | undefined;
  readonly #ahead = new Map<number, Uint8Array>();
  #aheadBytes = 0;
  /** Where FIN is, which has a number of its own. */
  #end: number | undefined;

  /** The bytes that wait. */
  get waiting(): number {
    return this.#aheadBytes;
  }

  /** Takes the next segment of the file. */
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
      // A copy, as it is a part of all that was read at once.
      this.#ahead.set(seq, data.slice());
    }
    const isTooMuch = this.#aheadBytes > maxAhead.bytes || this.#ahead.size > maxAhead.segments;
    return isTooMuch ? this.#skip() : [];
  }

  /** The other end has all before this number. */
  acknowledged(number: number): readonly Sent[] {
    const ack = this.#end !== undefined && ((number - this.#end) | 0) > 0 ? this.#end : number;
    if (this.#next === undefined || this.#behind(ack) <= 0) return [];
    const first = this.#first();
    if (first !== undefined && this.#behind(first) < this.#behind(ack)) return this.#skip();
    return [this.#gapTo(ack), ...this.#drained()];
  }

  /** Nothing more comes. */
  ended(): readonly Sent[] {
    const sent: Sent[] = [];
    while (this.#ahead.size > 0) sent.push(...this.#skip());
    return sent;
  }

  /** How far `seq` is behind what comes next: negative for what was there. */
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

  /** The lowest of what waits. */
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
