import { OversizedPublish } from './oversized.js';
import { type BrokerPacket, type Malformed, malformed } from './packet.js';
import { readPacket, wrongFirst, wrongLength } from './read-packet.js';

/** Larger packets are not kept: a command has a body of at most 512 characters (docs/domain.md#message). */
export const maximumPacketSize = 1_048_576;

/** A packet with its fixed header read and its body incomplete. */
type Coming =
  | { readonly kind: 'whole'; readonly first: number; readonly body: Buffer; filled: number }
  | { readonly kind: 'oversized'; readonly publish: OversizedPublish };

/**
 * Reads a broker's packets, however the bytes are split. The fixed header is checked before any of the body is kept; of
 * a PUBLISH larger than {@link maximumPacketSize} an excerpt is kept. Never throws; reports the first malformed packet
 * and reads nothing after it.
 */
export class PacketReader {
  readonly #version: 4 | 5;
  readonly #chunks: Buffer[] = [];
  #at = 0;
  #answered = false;
  #begun = 0;
  #broken = false;
  #coming: Coming | undefined;
  /** The fixed header, as far as received. */
  #first: number | undefined;
  #length = 0;
  #lengthBytes = 0;

  constructor(version: 4 | 5) {
    this.#version = version;
  }

  /** Adds bytes. They must not change until {@link next} returns undefined or {@link keep} was called. */
  push(chunk: Buffer): void {
    if (!this.#broken && chunk.length > 0) this.#chunks.push(chunk);
  }

  /** Copies the unread bytes. */
  keep(): void {
    const rest = Buffer.concat(this.#chunks).subarray(this.#at);
    this.#chunks.length = 0;
    this.#at = 0;
    this.push(rest);
  }

  /** Number of packets whose body arrived in more than one piece. */
  get begun(): number {
    return this.#begun;
  }

  /** True in the middle of a packet's body. */
  get isInside(): boolean {
    return this.#coming !== undefined;
  }

  /** The next packet; undefined if more bytes are needed. */
  next(): BrokerPacket | Malformed | undefined {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const packet = this.#coming === undefined ? this.#header(chunk) : this.#body(chunk, this.#coming);
      if (this.#at >= chunk.length) {
        this.#chunks.shift();
        this.#at = 0;
      }
      if (packet === undefined) continue;
      if (packet.kind === 'malformed') this.#break();
      if (packet.kind === 'connack') this.#answered = true;
      return packet;
    }
    return undefined;
  }

  #break(): void {
    this.#broken = true;
    this.#chunks.length = 0;
    this.#at = 0;
    this.#coming = undefined;
  }

  #header(chunk: Buffer): BrokerPacket | Malformed | undefined {
    while (this.#at < chunk.length) {
      const byte = chunk[this.#at++] ?? 0;
      if (this.#first === undefined) {
        const wrong = wrongFirst(byte, this.#version, this.#answered);
        if (wrong !== undefined) return malformed(wrong);
        this.#first = byte;
        continue;
      }
      this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
      this.#lengthBytes += 1;
      if (byte < 0x80) return this.#begin(chunk, this.#first, this.#length);
      if (this.#lengthBytes === 4)
        return malformed('a remaining length of more than four bytes [MQTT-1.5.5]');
    }
    return undefined;
  }

  #begin(chunk: Buffer, first: number, length: number): BrokerPacket | Malformed | undefined {
    const headerBytes = 1 + this.#lengthBytes;
    this.#first = undefined;
    this.#length = 0;
    this.#lengthBytes = 0;
    const wrong = wrongLength(first, length, this.#version);
    if (wrong !== undefined) return malformed(wrong);
    const end = this.#at + length;
    this.#begun += 1;
    if (headerBytes + length > maximumPacketSize) {
      this.#coming = { kind: 'oversized', publish: new OversizedPublish(first, length, this.#version) };
      return undefined;
    }
    if (end <= chunk.length) {
      const at = this.#at;
      this.#at = end;
      return readPacket(first, chunk, at, end, this.#version);
    }
    this.#coming = { kind: 'whole', first, body: Buffer.allocUnsafeSlow(length), filled: 0 };
    return undefined;
  }

  #body(chunk: Buffer, coming: Coming): BrokerPacket | Malformed | undefined {
    const missing = coming.kind === 'whole' ? coming.body.length - coming.filled : coming.publish.missing;
    const bytes = chunk.subarray(this.#at, this.#at + missing);
    this.#at += bytes.length;
    const isLast = bytes.length === missing;
    if (isLast) this.#coming = undefined;
    if (coming.kind === 'oversized')
      return coming.publish.take(bytes) ?? (isLast ? coming.publish.publish() : undefined);
    bytes.copy(coming.body, coming.filled);
    coming.filled += bytes.length;
    return isLast ? readPacket(coming.first, coming.body, 0, coming.body.length, this.#version) : undefined;
  }
}
