import { createHash } from 'node:crypto';
import { excerptBytes, excerptOf } from '../../rules/message/excerpt.js';
import { type Malformed, malformed, type PublishPacket } from './packet.js';
import { maxHeadBytes, maxPropertiesBytes, type PublishHead, readHead } from './read-publish.js';

/** All that is kept of it. */
const keptBytes = maxHeadBytes + maxPropertiesBytes + excerptBytes;

/**
 * Takes in a PUBLISH that is too large to be kept, as it comes: of its payload there is the beginning, the length and the
 * hash in the end. Takes {@link keptBytes} of memory, whatever comes.
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

  /** How many bytes are still to come. */
  get missing(): number {
    return this.#length - this.#taken;
  }

  /** Takes the next bytes, no more than are missing. Malformed as soon as it shows. */
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

  /** The publish, when nothing is missing any more. */
  publish(): PublishPacket | Malformed {
    if (this.#head === undefined) return malformed('a PUBLISH that is shorter than its fields');
    const { payloadAt, propertiesOversized: _, ...packet } = this.#head;
    const bytes = this.#length - payloadAt;
    return { ...packet, ...excerptOf(this.#kept.subarray(payloadAt), bytes, this.#hash.digest('hex')) };
  }

  /** Hashes what is part of the payload and was not hashed, of bytes that begin at `at` in the packet. */
  #hashFrom(bytes: Buffer, at: number): void {
    const end = at + bytes.length;
    if (end <= this.#hashed) return;
    this.#hash.update(bytes.subarray(Math.max(0, this.#hashed - at)));
    this.#hashed = end;
  }
}
