/** A fragment of an IP packet, with its captured part. */
export interface Fragment {
  /** The same for all fragments of a packet: addresses, protocol and identification. */
  readonly id: string;
  /** Of the first byte, in the packet. */
  readonly offset: number;
  readonly isLast: boolean;
  /** The protocol in the packet, as the fragment says; that of the first one counts (RFC 8200, 4.5). */
  readonly protocol: number;
  /** Its size, bytes: more than `data` if it was cut when it was captured. */
  readonly length: number;
  readonly data: Uint8Array;
}

/** A packet that was put together: the captured part, up to the first hole, and its size. */
export interface Whole {
  readonly protocol: number;
  readonly length: number;
  readonly data: Uint8Array;
}

/** The maximum size of an IP packet, bytes. */
const maxBytes = 65_535;

/** How many packets may wait for fragments at a time; beyond it, the oldest is dropped. 16 MiB at most. */
const maxPackets = 256;

interface Waiting {
  readonly pieces: Fragment[];
  bytes: number;
}

/** Puts fragments of IP packets together, in any order, repeated or overlapping; where they overlap, the first one counts. */
export class FragmentStore {
  readonly #waiting = new Map<string, Waiting>();

  /** How many packets have fragments missing. */
  get missing(): number {
    return this.#waiting.size;
  }

  /** Takes a fragment; gives the packet if it is the last one missing. */
  take(fragment: Fragment): Whole | undefined {
    const { id, offset, length, data } = fragment;
    if (length < 0 || offset + length > maxBytes) return undefined;
    const known = this.#waiting.get(id) ?? { pieces: [], bytes: 0 };
    this.#waiting.set(id, known);
    if (known.pieces.some((piece) => piece.offset === offset && piece.length === length)) return undefined;
    known.bytes += length;
    // More bytes than a packet can have: its fragments overlap on and on.
    if (known.bytes > 2 * maxBytes) this.#waiting.delete(id);
    // Copied, as it is a view of a whole chunk of the file.
    known.pieces.push({ ...fragment, data: data.slice() });
    const whole = joined(known.pieces);
    if (whole !== undefined) this.#waiting.delete(id);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > maxPackets && oldest !== undefined) this.#waiting.delete(oldest);
    return whole;
  }
}

/** The packet, if no fragment is missing. */
const joined = (pieces: readonly Fragment[]): Whole | undefined => {
  const last = pieces.find(({ isLast }) => isLast);
  const first = pieces.find(({ offset }) => offset === 0);
  if (last === undefined || first === undefined) return undefined;
  const total = last.offset + last.length;
  const sorted = [...pieces].sort((one, other) => one.offset - other.offset);
  let covered = 0;
  for (const { offset, length } of sorted) {
    if (offset > covered) return undefined;
    covered = Math.max(covered, offset + length);
  }
  if (covered < total) return undefined;
  const bytes = new Uint8Array(total);
  const isThere = new Uint8Array(total);
  // The first one captured counts: written last.
  for (const { offset, data } of [...pieces].reverse()) {
    bytes.set(data.subarray(0, Math.max(0, total - offset)), offset);
    isThere.fill(1, offset, Math.min(total, offset + data.length));
  }
  const hole = isThere.indexOf(0);
  return { protocol: first.protocol, length: total, data: hole < 0 ? bytes : bytes.subarray(0, hole) };
};
