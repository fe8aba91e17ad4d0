/** Maximum length of a variable byte integer (MQTT 5, 1.5.5). */
const maxVarintBytes = 4;

/**
 * Reads MQTT's data types (MQTT 5, 1.5). Never throws or reads past the end: it returns 0 or nothing then, and {@link
 * failed} stays true, so one check at the end is enough.
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

  /** A value was missing or invalid. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Position of the next byte. */
  get at(): number {
    return this.#at;
  }

  /** Bytes left. */
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

  /** The next `length` bytes, not copied. */
  bytes(length: number): Buffer {
    return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : Buffer.alloc(0);
  }

  /** Binary data, not copied. */
  binary(): Buffer {
    return this.bytes(this.word());
  }

  /** Skips `length` bytes. */
  skip(length: number): void {
    this.#take(length);
  }

  /** A string; invalid UTF-8 becomes U+FFFD. */
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
