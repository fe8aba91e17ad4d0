/** How many bytes a variable byte integer has at most (MQTT 5, 1.5.5). */
const maxVarintBytes = 4;

/**
 * Reads MQTT's data types out of bytes (MQTT 5, 1.5). Never throws and never reads past the end: it then gives 0 or
 * nothing, and has {@link failed} from there on, so that one look at the end will do.
 */
export class Cursor {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  #failed = false;

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  /** Something was not there, or no number. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Where the next byte is. */
  get at(): number {
    return this.#at;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    return this.#take(1) ? (this.#bytes[this.#at - 1] ?? 0) : 0;
  }

  word(): number {
    if (!this.#take(2)) return 0;
    return ((this.#bytes[this.#at - 2] ?? 0) << 8) | (this.#bytes[this.#at - 1] ?? 0);
  }

  long(): number {
    return this.#take(4) ? this.#bytes.readUInt32BE(this.#at - 4) : 0;
  }

  varint(): number {
    let value = 0;
    for (let nth = 0; nth < maxVarintBytes; nth += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * 128 ** nth;
      if (byte < 0x80) return value;
    }
    this.#failed = true;
    return 0;
  }

  /** So many bytes, not copied. */
  bytes(length: number): Buffer {
    return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : Buffer.alloc(0);
  }

  /** Binary data, not copied. */
  binary(): Buffer {
    return this.bytes(this.word());
  }

  /** Goes past so many bytes. */
  skip(length: number): void {
    this.#take(length);
  }

  /** A text; what is no UTF-8 in it becomes U+FFFD. */
  text(): string {
    const length = this.word();
    return this.#take(length) ? this.#bytes.toString('utf8', this.#at - length, this.#at) : '';
  }

  #take(length: number): boolean {
    if (this.#failed || length > this.left) {
      this.#failed = true;
      return false;
    }
    this.#at += length;
    return true;
  }
}
