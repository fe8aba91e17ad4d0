import { ByteStream, type Sent } from './byte-stream.js';
import { type Frame, Framer } from './framer.js';
import { beginsMqtt, isWhole } from './plausible.js';
import type { Moment } from './step.js';
import { UpgradeReader, WebSocketReader } from './web-socket.js';

/** What is in a direction of a connection that can't be read as MQTT. */
export type Other = 'TLS' | 'HTTP' | 'compressed WebSocket' | 'another protocol';

/** What carries the MQTT packets; undefined where it has to be found. */
type Carrier = 'plain' | UpgradeReader | WebSocketReader | undefined;

/** What one end said: an MQTT packet, bytes that were not captured, or something that is no MQTT packet. */
export type Spoken = Frame | (Moment & ({ readonly missing: number } | { readonly isMqtt: false }));

/** The bytes with which a connection over MQTT begins: CONNECT, CONNACK, or AUTH (MQTT 5, 4.12). */
const begins = new Set([0x10, 0x20, 0xf0]);

/** A TLS record (RFC 8446, 5.1): its type, and a version from SSL 3 to TLS 1.3. */
const isTls = ([type = 0, major, minor = 5, high = 0xff]: Uint8Array): boolean =>
  type >= 0x14 && type <= 0x17 && major === 3 && minor <= 4 && high <= 0x48;

/** The first words of HTTP, or what has come of them. */
const isHttp = (bytes: Uint8Array): boolean => {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return ['GET ', 'HTTP', 'POST', 'PUT ', 'HEAD', 'OPTI'].some((word) => word.startsWith(start));
};

/**
 * Reads MQTT packets in what one end of a TCP connection sends, in WebSocket frames or not. From the middle of a connection,
 * and after a gap of unknown content, reading begins at a segment that begins with an MQTT packet.
 */
export class Speaker {
  readonly stream = new ByteStream();
  #carrier: Carrier;
  #other: Other | undefined;
  #framer = new Framer();
  #isFirst = true;
  /** The number of well-formed packets since reading began in the middle; infinite if it began with the connection. */
  #packets = 0;

  /** What it is, if it isn't MQTT. */
  get other(): Other | undefined {
    return this.#other;
  }

  /** Whether what is read might still be another protocol: at most one packet was read since reading began in the middle. */
  get isTentative(): boolean {
    return this.#packets < 2;
  }

  /** The number of bytes kept. */
  get waiting(): number {
    const inFrames = this.#carrier instanceof WebSocketReader ? this.#carrier.waiting : 0;
    return this.stream.waiting + this.#framer.waiting + inFrames;
  }

  /** Takes what the stream gives, in order. `isMqtt`: the connection is known to be MQTT. */
  hear(sent: readonly Sent[], isMqtt: boolean): readonly Spoken[] {
    return sent.flatMap((piece) => (this.#other === undefined ? this.#hear(piece, isMqtt) : []));
  }

  /** Stops reading: the next segment that begins with an MQTT packet is searched. */
  lose(): void {
    this.#carrier = undefined;
    this.#framer = new Framer();
    this.#packets = 0;
  }

  #hear(piece: Sent, isMqtt: boolean): readonly Spoken[] {
    const isStart = this.#isFirst && this.stream.isWhole;
    this.#isFirst = false;
    if (piece.kind === 'gap') return this.#skip(piece);
    if (this.#carrier === undefined) {
      if (isStart) this.#begin(piece.bytes, isMqtt);
      else this.#find(piece);
    }
    return this.#carried(piece);
  }

  #carried(piece: Extract<Sent, { readonly kind: 'data' }>): readonly Spoken[] {
    const carrier = this.#carrier;
    if (carrier === undefined) return [];
    if (carrier === 'plain') return this.#framed(piece);
    if (carrier instanceof WebSocketReader) return this.#inFrames(piece, carrier);
    const inside = carrier.take(piece.bytes);
    if (inside instanceof Uint8Array) {
      this.#carrier = new WebSocketReader();
      return this.#carried({ ...piece, bytes: inside });
    }
    if (inside === 'not a WebSocket') this.#other = 'HTTP';
    return [];
  }

  #inFrames(piece: Extract<Sent, { readonly kind: 'data' }>, carrier: WebSocketReader): readonly Spoken[] {
    const { pieces, problem } = carrier.take(piece.bytes);
    const spoken = pieces.flatMap((bytes) => this.#framed({ ...piece, bytes }));
    if (problem === 'compressed') this.#other = 'compressed WebSocket';
    else if (problem !== undefined) this.lose();
    return spoken;
  }

  #framed(piece: Extract<Sent, { readonly kind: 'data' }>): readonly Spoken[] {
    const { frames, isMqtt } = this.#framer.take(piece.bytes, piece);
    const believed = this.#believed(frames);
    if (isMqtt && believed.length === frames.length) return frames;
    const wasTentative = this.isTentative;
    this.lose();
    if (wasTentative) return believed;
    const { number, timeMs } = piece;
    return [...frames, { number, timeMs, isMqtt: false }];
  }

  /** The frames before the first one that shows that another protocol is read. */
  #believed(frames: readonly Frame[]): readonly Frame[] {
    for (const [at, frame] of frames.entries()) {
      if (!this.isTentative) break;
      if (!('bytes' in frame)) continue;
      if (!isWhole(frame.bytes)) return frames.slice(0, at);
      this.#packets += 1;
    }
    return frames;
  }

  /** The first bytes of a connection say what it is. */
  #begin(bytes: Uint8Array, isMqtt: boolean): void {
    this.#packets = Number.POSITIVE_INFINITY;
    if (begins.has(bytes[0] ?? 0) || beginsMqtt(bytes)) this.#carrier = 'plain';
    else if (isHttp(bytes)) this.#carrier = new UpgradeReader();
    else if (isMqtt) this.#carrier = 'plain';
    else this.#other = isTls(bytes) || (bytes[0] === 0x16 && bytes.length < 4) ? 'TLS' : 'another protocol';
  }

  /** The first bytes of a segment in the middle of a connection may say what it is. */
  #find(piece: Extract<Sent, { readonly kind: 'data' }>): void {
    const { pieces, problem } = new WebSocketReader().take(piece.bytes);
    const [first] = problem === undefined ? pieces : [];
    if (first !== undefined && beginsMqtt(first)) this.#carrier = new WebSocketReader();
    else if (beginsMqtt(piece.bytes)) this.#carrier = 'plain';
    else if (isTls(piece.bytes)) this.#other = 'TLS';
  }

  #skip({ bytes, number, timeMs }: Extract<Sent, { readonly kind: 'gap' }>): readonly Spoken[] {
    const carrier = this.#carrier;
    if (carrier instanceof UpgradeReader) this.#other = 'HTTP';
    const isWithin = carrier === 'plain' || (carrier instanceof WebSocketReader && carrier.skip(bytes));
    if (!(isWithin && this.#framer.skip(bytes))) this.lose();
    return [{ number, timeMs, missing: bytes }];
  }
}
