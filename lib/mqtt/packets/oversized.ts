import { createHash } from 'node:crypto';
import { excerptBytes, excerptOf } from '../../rules/message/excerpt.js';
import { type Malformed, malformed, type PublishPacket } from './packet.js';
import { maxHeadBytes, maxPropertiesBytes, type PublishHead, readHead } from './read-publish.js';

/** Most bytes kept of such a packet. */
const keptBytes = maxHeadBytes + maxPropertiesBytes + excerptBytes;

/**
 * Reads a PUBLISH that is too large to keep: the result has the beginning of its payload, its length and its hash. Uses
 * {@link keptBytes} of memory, whatever its size.
 */
export class OversizedPublish {
  readonly #first: number;
  readonly #version: 4 | 5;
  readonly #length: number;
  readonly #kept: Buffer;
  readonly #hash = createHash('sha256');
  #taken = 0;
  #hashed = 0;
  #head: PublishHead | undefined;

  /** `length` is the packet's remaining length. */
  constructor(first: number, length: number, version: 4 | 5) {
    this.#first = first;
    this.#version = version;
    this.#length = length;
    this.#kept = Buffer.allocUnsafeSlow(Math.min(length, keptBytes));
  }

  /** Bytes still to come. */
  get missing(): number {
    return this.#length - this.#taken;
  }

  /** Takes the next bytes, at most `missing`. Returns an error as soon as the packet is known to be malformed. */
  take(bytes: Buffer): Malformed | undefined {
    const at = this.#taken;
    const { length } = this.#kept;
    if (at < length) bytes.copy(this.#kept, at);
    this.#taken += bytes.length;
    if (this.#head === undefined && this.#taken >= length) {
      const head = readHead(this.#first, this.#kept, 0, this.#length, this.#version);
      if (head.kind === 'malformed') return head;
      this.#head = head;
      this.#hashed = head.payloadAt;
      this.#hashFrom(this.#kept, 0);
    }
    if (this.#head !== undefined) this.#hashFrom(bytes, at);
    return undefined;
  }

  /** The publish, once nothing is missing. */
  publish(): PublishPacket | Malformed {
    if (this.#head === undefined) return malformed('a PUBLISH that is shorter than its fields');
    const { payloadAt, propertiesOversized: _, ...packet } = this.#head;
    const bytes = this.#length - payloadAt;
    return { ...packet, ...excerptOf(this.#kept.subarray(payloadAt), bytes, this.#hash.digest('hex')) };
  }

  /** Hashes the payload's part of these bytes, which begin at `at` in the packet, as far as not yet hashed. */
  #hashFrom(bytes: Buffer, at: number): void {
    const end = at + bytes.length;
    if (end <= this.#hashed) return;
    this.#hash.update(bytes.subarray(Math.max(0, this.#hashed - at)));
    this.#hashed = end;
  }
}
