import type { Moment } from './step.js';

/** Data of a segment that waits for those before it. */
export type Waiting = Moment & { readonly data: Uint8Array };

/** How many bytes may wait, and how many segments. */
const max = { bytes: 1_048_576, segments: 1_024 };

/** Segments that wait for those before them, by sequence number. */
export class Ahead {
  readonly #segments = new Map<number, Waiting>();
  #bytes = 0;

  get size(): number {
    return this.#segments.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isTooMuch(): boolean {
    return this.#bytes > max.bytes || this.#segments.size > max.segments;
  }

  /** The lowest sequence number. */
  get first(): number | undefined {
    let first: number | undefined;
    for (const seq of this.#segments.keys()) {
      if (first === undefined || ((seq - first) | 0) < 0) first = seq;
    }
    return first;
  }

  /** Keeps a copy of data, which is a view of a whole chunk of the file. What was there before counts. */
  add(seq: number, { data, ...moment }: Waiting): void {
    const known = this.#segments.get(seq);
    if (known !== undefined && known.data.length >= data.length) return;
    const bytes = data.slice();
    // A single byte may be a keep-alive probe, with any content (RFC 9293, 3.8.4).
    if (known !== undefined && known.data.length > 1) bytes.set(known.data);
    this.#bytes += bytes.length - (known?.data.length ?? 0);
    this.#segments.set(seq, { ...moment, data: bytes });
  }

  /** Drops single bytes before `end`, as they may be keep-alive probes, and there is better. */
  dropProbes(end: number): void {
    for (const [seq, { data }] of this.#segments)
      if (data.length === 1 && ((seq - end) | 0) < 0) this.take(seq);
  }

  get(seq: number): Waiting | undefined {
    return this.#segments.get(seq);
  }

  /** Takes out the segment of this sequence number. */
  take(seq: number): Waiting | undefined {
    const taken = this.#segments.get(seq);
    this.#segments.delete(seq);
    this.#bytes -= taken?.data.length ?? 0;
    return taken;
  }
}
