/** The largest HTTP header of an upgrade, bytes. */
const maxHeadBytes = 65_536;

/** What is in the frames, piece by piece, or why that can't be read. */
export type Unwrapped = readonly Uint8Array[] | 'not a WebSocket' | 'compressed';

interface Header {
  readonly bytes: number;
  readonly opcode: number;
  readonly length: number;
  readonly mask: Uint8Array | undefined;
}

/** Reads one header (RFC 6455, 5.2); undefined if more bytes are needed. */
const headerIn = (bytes: Uint8Array): Header | undefined | 'not a WebSocket' | 'compressed' => {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const opcode = first & 0xf;
  // permessage-deflate sets the first reserved bit (RFC 7692, 6).
  if ((first & 0x70) === 0x40 && opcode < 3) return 'compressed';
  if ((first & 0x70) !== 0 || (opcode > 2 && opcode < 8) || opcode > 10) return 'not a WebSocket';
  const short = second & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = second >= 0x80;
  const size = 2 + extended + (masked ? 4 : 0);
  if (bytes.length < size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = extended === 2 ? view.getUint16(2) : extended === 8 ? Number(view.getBigUint64(2)) : short;
  return { bytes: size, opcode, length, mask: masked ? bytes.slice(size - 4, size) : undefined };
};

/** Takes the MQTT bytes out of one direction of a WebSocket, from the frames of both ends (RFC 6455). */
export class WebSocketReader {
  #rest: Uint8Array = new Uint8Array();
  #missing = 0;
  #isData = false;
  #mask: Uint8Array | undefined;
  #at = 0;

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
        if (this.#isData) inside.push(this.#unmasked(part));
        this.#at += part.length;
        continue;
      }
      const header = headerIn(bytes.subarray(at));
      if (header === undefined) break;
      if (typeof header === 'string') return header;
      at += header.bytes;
      this.#missing = header.length;
      this.#isData = header.opcode < 8;
      this.#mask = header.mask;
      this.#at = 0;
    }
    this.#rest = bytes.slice(at);
    return inside;
  }

  /** Skips bytes that are missing. Whether all are within one frame, so that the next one can be found. */
  skip(bytes: number): boolean {
    if (this.#missing < bytes) return false;
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
  take(chunk: Uint8Array): Uint8Array | 'not a WebSocket' | 'compressed' | undefined {
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return this.#head.length > maxHeadBytes ? 'not a WebSocket' : undefined;
    const head = this.#head.toString('latin1', 0, end);
    if (!/^(GET .*|HTTP\/1\.1 101 ?.*)\r\n/.test(head) || !/\r\nupgrade: *websocket/i.test(head))
      return 'not a WebSocket';
    if (head.startsWith('HTTP') && /\r\nsec-websocket-extensions:.*permessage-deflate/i.test(head))
      return 'compressed';
    return this.#head.subarray(end + 4);
  }
}
