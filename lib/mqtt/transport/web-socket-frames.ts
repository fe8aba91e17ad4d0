import { randomBytes } from 'node:crypto';

/** Frame opcodes (RFC 6455, 5.2). */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Contents of received frames. The bytes are valid only until the callback returns. */
export interface FrameEvents {
  /** Bytes of binary messages, piece by piece as they arrive. */
  readonly data: (bytes: Buffer) => void;
  readonly ping: (payload: Buffer) => void;
  /** The other end closes: no frames follow. */
  readonly close: () => void;
}

/** Maximum payload of a control frame (RFC 6455, 5.5). */
const maxControlBytes = 125;

/** Number of bytes of the extended length: short lengths 126 and 127 announce one. */
const extended = (short: number): number => (short === 126 ? 2 : short === 127 ? 8 : 0);

/**
 * Reads a server's frames, however they are split. Buffers no message, so message size is unlimited; MQTT does not
 * depend on message boundaries [MQTT-6.0.0-3]. Never throws; reports nothing after a malformed frame or a close.
 */
export class FrameReader {
  readonly #events: FrameEvents;
  /** Header of the current frame, then the payload of a control frame, as far as received. */
  readonly #kept = Buffer.alloc(10 + maxControlBytes);
  #filled = 0;
  /** Bytes of the current binary frame still to come. */
  #missing = 0;
  #isFragmented = false;
  #over = false;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  /** Takes the next bytes; returns what is wrong with them, if anything. */
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

  /** Checks the buffered bytes; called after each one. */
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

/** Returns what is wrong with the first two bytes of a frame (RFC 6455, 5.1, 5.2, 5.4 and 5.5). */
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

/** Payload length from the header; approximate above 2^53, which no connection reaches. */
const lengthIn = (header: Buffer, short: number): number => {
  if (short === 126) return header.readUInt16BE(2);
  return short === 127 ? header.readUInt32BE(2) * 2 ** 32 + header.readUInt32BE(6) : short;
};

/** A complete client message or control frame, masked as RFC 6455, 5.3 requires. */
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
