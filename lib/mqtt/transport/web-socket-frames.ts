import { randomBytes } from 'node:crypto';

/** The opcodes of frames (RFC 6455, 5.2). */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What is in the frames that come. The bytes are good until this returns. */
export interface FrameEvents {
  /** Bytes of binary messages, in the pieces in which they come. */
  readonly data: (bytes: Buffer) => void;
  readonly ping: (payload: Buffer) => void;
  /** The other end closes: nothing follows. */
  readonly close: () => void;
}

/** A control frame has no more (RFC 6455, 5.5). */
const maxControlBytes = 125;

/** Lengths of 126 and 127 say that the length is in the bytes that follow, as many as these. */
const extended = (short: number): number => (short === 126 ? 2 : short === 127 ? 8 : 0);

/**
 * Reads the frames of a server, in whatever pieces they come. Keeps nothing of a message, so that its size is no matter; MQTT
 * does not care where messages end [MQTT-6.0.0-3]. Never throws; after something malformed, or a close, there is nothing more.
 */
export class FrameReader {
  readonly #events: FrameEvents;
  /** The header of a frame, then the payload of a control frame, as far as they came. */
  readonly #kept = Buffer.alloc(10 + maxControlBytes);
  #filled = 0;
  /** How many bytes of a binary frame are still to come. */
  #missing = 0;
  #isFragmented = false;
  #over = false;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  /** Takes the next bytes; says what is wrong with them. */
  take(chunk: Buffer): string | undefined {
    for (let at = 0; at < chunk.length && !this.#over; ) {
      if (this.#missing > 0) {
        const bytes = chunk.subarray(at, at + this.#missing);
        this.#missing -= bytes.length;
        at += bytes.length;
        this.#events.data(bytes);
        continue;
      }
      this.#kept[this.#filled] = chunk[at] ?? 0;
      this.#filled += 1;
      at += 1;
      const wrong = this.#look();
      if (wrong !== undefined) {
        this.#over = true;
        return wrong;
      }
    }
    return undefined;
  }

  /** Looks at what was kept, after each byte of it. */
  #look(): string | undefined {
    const [first = 0, second = 0] = this.#kept;
    if (this.#filled === 1) return undefined;
    const opcode = first & 0xf;
    if (this.#filled === 2) {
      const wrong = wrongFrame(first, second, this.#isFragmented);
      if (wrong !== undefined) return wrong;
    }
    const headerBytes = 2 + extended(second);
    if (this.#filled < headerBytes) return undefined;
    const length = lengthIn(this.#kept, second);
    if (opcode < opcodes.close) {
      this.#filled = 0;
      this.#missing = length;
      this.#isFragmented = first < 0x80;
      return undefined;
    }
    if (this.#filled < headerBytes + length) return undefined;
    this.#filled = 0;
    if (opcode === opcodes.ping) this.#events.ping(this.#kept.subarray(headerBytes, headerBytes + length));
    if (opcode === opcodes.close) {
      this.#over = true;
      this.#events.close();
    }
    return undefined;
  }
}

/** What is wrong with the first two bytes of a frame (RFC 6455, 5.1, 5.2, 5.4 and 5.5). */
const wrongFrame = (first: number, second: number, isFragmented: boolean): string | undefined => {
  const opcode = first & 0xf;
  if ((first & 0x70) !== 0) return 'a WebSocket frame with reserved bits';
  if (second >= 0x80) return 'a WebSocket frame with a mask';
  switch (opcode) {
    case opcodes.continuation:
      return isFragmented ? undefined : 'a WebSocket frame that continues nothing';
    case opcodes.text:
      return 'a text [MQTT-6.0.0-1]';
    case opcodes.binary:
      return isFragmented ? 'a WebSocket message within another' : undefined;
    case opcodes.close:
    case opcodes.ping:
    case opcodes.pong:
      return first < 0x80 || second > maxControlBytes
        ? 'a WebSocket control frame that is too long'
        : undefined;
    default:
      return `a WebSocket frame with the opcode ${opcode}`;
  }
};

/** The length in a header; of one past 2^53, which nobody lives to see the end of, about that. */
const lengthIn = (header: Buffer, short: number): number => {
  if (short === 126) return header.readUInt16BE(2);
  return short === 127 ? header.readUInt32BE(2) * 2 ** 32 + header.readUInt32BE(6) : short;
};

/** A whole message of a client, or a control frame, masked as a client has to (RFC 6455, 5.3). */
export const clientFrame = (opcode: number, payload: Buffer): Buffer => {
  const { length } = payload;
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  const headerBytes = 2 + extended(short);
  const frame = Buffer.alloc(headerBytes + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | short;
  if (short === 126) frame.writeUInt16BE(length, 2);
  if (short === 127) frame.writeUInt32BE(length, 6);
  const mask = randomBytes(4);
  mask.copy(frame, headerBytes);
  for (let at = 0; at < length; at += 1)
    frame[headerBytes + 4 + at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0);
  return frame;
};
