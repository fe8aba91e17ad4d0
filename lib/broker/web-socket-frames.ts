import { randomFillSync } from 'node:crypto';

/** What the frames of a WebSocket need of it. */
export interface FramesEvents {
  /** Bytes of a message, as they come: MQTT's packets need not keep to messages [MQTT-6.0.0-2]. */
  readonly data: (bytes: Buffer) => void;
  readonly write: (frame: Buffer) => void;
  /** The other end has closed the WebSocket, and was answered. */
  readonly ended: () => void;
  /** The bytes are no WebSocket's; nothing follows. */
  readonly wrong: (detail: string) => void;
}

const [continuation, binary, close, ping, pong] = [0, 2, 8, 9, 10];

/** How many bytes the head of a frame has at most, without a mask: its length may take eight (RFC 6455, 5.2). */
const maxHeadBytes = 10;

/** What a control frame has at most (5.5). */
const maxControlBytes = 125;

/**
 * A client's end of a WebSocket's framing (RFC 6455, 5). Messages are passed on as they come, so that a frame costs no
 * memory, however long it says it is.
 */
export class WebSocketFrames {
  readonly #events: FramesEvents;
  /** The head of a frame as far as it came, and behind that a control frame's payload. */
  readonly #head = Buffer.alloc(maxHeadBytes + maxControlBytes);
  #headBytes = 0;
  /** What is missing of a message's frame. */
  #missing = 0;
  #over = false;
  #closed = false;

  constructor(events: FramesEvents) {
    this.#events = events;
  }

  /** Takes the next bytes that came. */
  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.#over; ) {
      if (this.#missing > 0) {
        const part = bytes.subarray(at, at + this.#missing);
        at += part.length;
        this.#missing -= part.length;
        this.#events.data(part);
      } else {
        this.#head[this.#headBytes] = bytes[at] ?? 0;
        this.#headBytes += 1;
        at += 1;
        this.#headTaken();
      }
    }
  }

  /** A message of these bytes, as a frame. */
  message(bytes: Buffer): Buffer {
    return frame(binary, bytes);
  }

  /** Writes that no message follows, once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.write(frame(close, normalClosure));
  }

  #headTaken(): void {
    const head = this.#head;
    if (this.#headBytes < 2) return;
    const first = head.readUInt8(0);
    const second = head.readUInt8(1);
    const opcode = first & 0xf;
    if (this.#headBytes === 2) {
      const wrong = wrongIn(first, second);
      if (wrong !== undefined) {
        this.#stop(() => this.#events.wrong(wrong));
        return;
      }
    }
    if (opcode >= close) {
      if (this.#headBytes === 2 + second) this.#control(opcode, head.subarray(2, 2 + second));
      return;
    }
    const lengthBytes = second === 126 ? 2 : second === 127 ? 8 : 0;
    if (this.#headBytes < 2 + lengthBytes) return;
    this.#headBytes = 0;
    // More than 2^53 can't be told from it, and never comes.
    this.#missing =
      lengthBytes === 0 ? second : lengthBytes === 2 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
  }

  #control(opcode: number, payload: Buffer): void {
    this.#headBytes = 0;
    if (opcode === ping) this.#events.write(frame(pong, payload));
    if (opcode !== close) return;
    this.#stop(() => {
      this.close();
      this.#events.ended();
    });
  }

  #stop(tell: () => void): void {
    this.#over = true;
    tell();
  }
}

const normalClosure = Buffer.of(1_000 >> 8, 1_000 & 0xff);

/** What is wrong with the first two bytes of a frame. */
const wrongIn = (first: number, second: number): string | undefined => {
  const opcode = first & 0xf;
  if ((first & 0x70) !== 0) return 'a WebSocket frame with an extension that was not agreed on';
  if (second >= 0x80) return 'a WebSocket frame with a mask (RFC 6455, 5.1)';
  if (opcode >= close && (first < 0x80 || second > maxControlBytes))
    return 'a WebSocket control frame that is no whole one';
  if (opcode === 1) return 'a WebSocket frame of text [MQTT-6.0.0-1]';
  return [continuation, binary, close, ping, pong].includes(opcode)
    ? undefined
    : `a WebSocket frame of type ${opcode}`;
};

/** A whole frame of a client's: it is masked (5.3). */
const frame = (opcode: number, payload: Buffer): Buffer => {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const maskAt = 2 + lengthBytes;
  const bytes = Buffer.allocUnsafe(maskAt + 4 + length);
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) bytes.writeUInt16BE(length, 2);
  if (lengthBytes === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  randomFillSync(bytes, maskAt, 4);
  for (let at = 0; at < length; at += 1)
    bytes[maskAt + 4 + at] = (payload[at] ?? 0) ^ (bytes[maskAt + (at & 3)] ?? 0);
  return bytes;
};
