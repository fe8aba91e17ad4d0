/** A whole MQTT packet, or `not MQTT`, after which nothing can be read. */
export type Framed = Uint8Array | 'not MQTT';

/** The maximum packet size, bytes: a larger one means that the length was read at a wrong place. */
const maxPacketBytes = 4 * 1_048_576;

/** The first bytes (type and flags) that each side may send (MQTT 5, 2.1). */
const first = {
  broker: new Set([0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xb0, 0xd0, 0xe0, 0xf0]),
  client: new Set([0x10]),
} as const;

const isPublish = (byte: number): boolean => byte >> 4 === 3 && (byte & 0x06) !== 0x06;

/** Cuts the bytes of one side of a connection into MQTT packets. Keeps no more than one, of at most 4 MiB. */
export class Framer {
  readonly #side: keyof typeof first;
  #parts: Uint8Array[] = [];
  #waiting = 0;
  /** How many bytes are needed before the next look. */
  #needed = 2;

  constructor(side: keyof typeof first) {
    this.#side = side;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Takes the next bytes; gives the completed packets, and `not MQTT` last if it isn't MQTT. */
  take(bytes: Uint8Array): readonly Framed[] {
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
    if (this.#waiting < this.#needed) {
      this.#keep([bytes.slice()], 1);
      return [];
    }
    const all = this.#parts.length === 1 ? bytes : Buffer.concat(this.#parts);
    const framed: Framed[] = [];
    let at = 0;
    for (;;) {
      const size = this.#sizeAt(all, at);
      if (size === undefined) return [...framed, 'not MQTT'];
      if (size === 0 || at + size > all.length) {
        this.#needed = Math.max(size, 2);
        break;
      }
      framed.push(all.subarray(at, at + size));
      at += size;
    }
    this.#parts = [all.slice(at)];
    this.#waiting = all.length - at;
    return framed;
  }

  /** Replaces the newest parts by copies, as they are views of a whole chunk of the file. */
  #keep(copies: readonly Uint8Array[], count: number): void {
    this.#parts.splice(-count, count, ...copies);
  }

  /** The size of the packet at this offset; 0 if not yet known; undefined if it is not a packet (MQTT 5, 1.5.5). */
  #sizeAt(bytes: Uint8Array, at: number): number | undefined {
    const type = bytes[at];
    if (type === undefined) return 0;
    if (!first[this.#side].has(type) && !(this.#side === 'broker' && isPublish(type))) return undefined;
    let length = 0;
    for (let digit = 0; digit < 4; digit += 1) {
      const byte = bytes[at + 1 + digit];
      if (byte === undefined) return 0;
      length += (byte & 0x7f) * 128 ** digit;
      if (byte < 0x80) return length <= maxPacketBytes ? 2 + digit + length : undefined;
    }
    return undefined;
  }
}
