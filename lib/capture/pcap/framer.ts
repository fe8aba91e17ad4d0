import type { Moment } from './step.js';

/** A whole MQTT packet, at the time of its last byte; or one that is too large to keep. */
export type Frame = Moment & ({ readonly bytes: Uint8Array } | { readonly tooLarge: number });

/** The largest packet that is read, bytes. */
const maxPacketBytes = 4 * 1_048_576;

/** The first bytes of MQTT packets, type and flags (MQTT 5, 2.1); PUBLISH has more. */
const firsts = new Set([0x10, 0x20, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xa2, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0]);

/** Whether a packet with this first byte is a publish of a QoS that exists. */
export const isPublish = (first: number | undefined = 0): boolean =>
  first >> 4 === 3 && (first & 0x06) !== 0x06;

/** The size of the packet at this offset, bytes: 0 if not yet known; undefined if it is not a packet (MQTT 5, 1.5.5). */
export const packetSize = (bytes: Uint8Array, at: number): number | undefined => {
  const first = bytes[at];
  if (first === undefined) return 0;
  if (!firsts.has(first) && !isPublish(first)) return undefined;
  let length = 0;
  for (let digit = 0; digit < 4; digit += 1) {
    const byte = bytes[at + 1 + digit];
    if (byte === undefined) return 0;
    length += (byte & 0x7f) * 128 ** digit;
    if (byte < 0x80) return 2 + digit + length;
  }
  return undefined;
};

/** Cuts the bytes of one side of a connection into MQTT packets. Keeps no more than one, of at most 4 MiB. */
export class Framer {
  #parts: Uint8Array[] = [];
  #waiting = 0;
  /** How many bytes are needed before the next look. */
  #needed = 2;
  /** How many bytes of a packet that can't be read are still to come. */
  #skipped = 0;
  #timeMs = 0;

  /** The number of bytes kept. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Takes the next bytes; gives the packets that are now whole. undefined: it is not MQTT; then nothing more can be read. */
  take(
    chunk: Uint8Array,
    { number, timeMs }: Moment,
  ): { readonly frames: readonly Frame[]; readonly isMqtt: boolean } {
    const bytes = chunk.subarray(this.#skipped);
    this.#skipped -= chunk.length - bytes.length;
    this.#timeMs = Math.max(this.#timeMs, timeMs);
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
    if (this.#waiting < this.#needed) {
      // Copied, as it is a view of a whole chunk of the file.
      this.#parts.splice(-1, 1, bytes.slice());
      return { frames: [], isMqtt: true };
    }
    const all = this.#parts.length === 1 ? bytes : Buffer.concat(this.#parts);
    const moment = { number, timeMs: this.#timeMs };
    const frames: Frame[] = [];
    let at = 0;
    for (;;) {
      const size = packetSize(all, at);
      if (size === undefined) return { frames, isMqtt: false };
      if (size > maxPacketBytes) {
        frames.push({ tooLarge: size, ...moment });
        this.#skipped = Math.max(0, at + size - all.length);
      } else if (size === 0 || at + size > all.length) {
        this.#needed = Math.max(size, 2);
        break;
      } else frames.push({ bytes: all.subarray(at, at + size), ...moment });
      at = Math.min(all.length, at + size);
    }
    this.#parts = [all.slice(at)];
    this.#waiting = all.length - at;
    return { frames, isMqtt: true };
  }

  /** Skips bytes that are missing. Whether the next packet can be found, as the one that they belong to has a known size. */
  skip(missing: number): boolean {
    if (this.#skipped === 0 && this.#needed > 2) this.#skipped = this.#needed - this.#waiting;
    this.#parts = [];
    this.#waiting = 0;
    this.#needed = 2;
    this.#skipped -= missing;
    const isFound = this.#skipped >= 0;
    return isFound;
  }
}
