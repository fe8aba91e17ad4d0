import { constants, inflateRawSync } from 'node:zlib';

/** The largest HTTP header of an upgrade, bytes. */
const maxHeadBytes = 65_536;

/** The largest compressed message, and the largest content of one, bytes. */
const maxPackedBytes = 4 * 1_048_576;

/** How far back compressed data refers to earlier content, bytes (RFC 7692, 7.1.2). */
const windowBytes = 32_768;

/** What ends a compressed message, and is left out by the sender (RFC 7692, 7.2.2). */
const packedEnd = Buffer.from([0, 0, 0xff, 0xff]);

/** What is in the frames, piece by piece, up to what can't be read. `compressed`: its beginning is missing, or it is damaged. */
export interface Unwrapped {
  readonly pieces: readonly Uint8Array[];
  readonly problem?: 'not a WebSocket' | 'compressed';
}

interface Header {
  readonly bytes: number;
  readonly opcode: number;
  readonly isLast: boolean;
  readonly isPacked: boolean;
  readonly length: number;
  readonly mask: Uint8Array | undefined;
}

/** Reads one header (RFC 6455, 5.2); undefined if more bytes are needed. */
const headerIn = (bytes: Uint8Array): Header | undefined | 'not a WebSocket' => {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const opcode = first & 0xf;
  // permessage-deflate sets the first reserved bit of each message that is compressed (RFC 7692, 6).
  const isPacked = (first & 0x70) === 0x40 && (opcode === 1 || opcode === 2);
  if (((first & 0x70) !== 0 && !isPacked) || (opcode > 2 && opcode < 8) || opcode > 10)
    return 'not a WebSocket';
  const short = second & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = second >= 0x80;
  const size = 2 + extended + (masked ? 4 : 0);
  if (bytes.length < size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = extended === 2 ? view.getUint16(2) : extended === 8 ? Number(view.getBigUint64(2)) : short;
  return {
    bytes: size,
    opcode,
    isLast: first >= 0x80,
    isPacked,
    length,
    mask: masked ? bytes.slice(size - 4, size) : undefined,
  };
};

/** Takes the MQTT bytes out of one direction of a WebSocket, from the frames of both ends (RFC 6455). */
export class WebSocketReader {
  #rest: Uint8Array = new Uint8Array();
  #missing = 0;
  #isData = false;
  #mask: Uint8Array | undefined;
  #at = 0;
  /** Whether the frame ends its message. */
  #isLast = false;
  /** The parts of a compressed message; undefined in another one. */
  #packed: Uint8Array[] | undefined;
  #packedBytes = 0;
  /** The latest content of compressed messages. */
  #window: Uint8Array = new Uint8Array();

  /** The number of bytes kept. */
  get waiting(): number {
    return this.#packedBytes;
  }

  /** Takes the next bytes of the connection; gives what is in the frames. */
  take(chunk: Uint8Array): Unwrapped {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const inside: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      if (this.#missing > 0) {
        const part = bytes.subarray(at, at + this.#missing);
        if (part.length === 0) break;
        at += part.length;
        this.#missing -= part.length;
        if (this.#isData) this.#keep(this.#unmasked(part), inside);
        this.#at += part.length;
        if (this.#packedBytes > maxPackedBytes) return { pieces: inside, problem: 'compressed' };
        if (this.#missing > 0) continue;
        if (!this.#end(inside)) return { pieces: inside, problem: 'compressed' };
      }
      const header = headerIn(bytes.subarray(at));
      if (header === undefined) break;
      if (typeof header === 'string') return { pieces: inside, problem: header };
      at += header.bytes;
      this.#missing = header.length;
      this.#isData = header.opcode < 8;
      this.#isLast = header.isLast;
      this.#mask = header.mask;
      this.#at = 0;
      if (header.isPacked) this.#packed = [];
      if (this.#missing === 0 && !this.#end(inside)) return { pieces: inside, problem: 'compressed' };
    }
    this.#rest = bytes.slice(at);
    return { pieces: inside };
  }

  #keep(part: Uint8Array, inside: Uint8Array[]): void {
    if (this.#packed === undefined) {
      inside.push(part);
      return;
    }
    // Copied, as it may be a view of a whole chunk of the file.
    this.#packed.push(part.slice());
    this.#packedBytes += part.length;
  }

  /** The end of a frame; whether the message can be unpacked, if this is its end. */
  #end(inside: Uint8Array[]): boolean {
    if (!(this.#isData && this.#isLast) || this.#packed === undefined) return true;
    try {
      const content = inflateRawSync(Buffer.concat([...this.#packed, packedEnd]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: maxPackedBytes,
        ...(this.#window.length === 0 ? {} : { dictionary: this.#window }),
      });
      inside.push(content);
      this.#window = Buffer.concat([this.#window, content]).subarray(-windowBytes);
      this.#packed = undefined;
      this.#packedBytes = 0;
      return true;
    } catch {
      return false;
    }
  }

  /** Skips bytes that are missing. Whether all are within one frame, so that the next one can be found. */
  skip(bytes: number): boolean {
    if (this.#missing < bytes || this.#packed !== undefined) return false;
    this.#missing -= bytes;
    this.#at += bytes;
    return true;
  }

  #unmasked(part: Uint8Array): Uint8Array {
    const mask = this.#mask;
    return mask === undefined ? part : part.map((byte, at) => byte ^ (mask[(this.#at + at) & 3] ?? 0));
  }
}

/** Reads the HTTP header with which a WebSocket begins. */
export class UpgradeReader {
  #head = Buffer.alloc(0);

  /** Takes the next bytes: gives those after the header, undefined while it isn't whole. */
  take(chunk: Uint8Array): Uint8Array | 'not a WebSocket' | undefined {
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return this.#head.length > maxHeadBytes ? 'not a WebSocket' : undefined;
    const head = this.#head.toString('latin1', 0, end);
    if (!/^(GET .*|HTTP\/1\.1 101 ?.*)\r\n/.test(head) || !/\r\nupgrade: *websocket/i.test(head))
      return 'not a WebSocket';
    return this.#head.subarray(end + 4);
  }
}
