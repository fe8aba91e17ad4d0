import type { BrokerPacket, Malformed } from '../packets/packet.js';
import { PacketReader } from '../packets/packet-reader.js';

/** This many bytes of a large packet count as a sign of life: a PINGRESP can only follow its end. */
const signOfLifeBytes = 4_096;

/** Callbacks of {@link Reading}. */
export interface ReadingEvents {
  /** Packets in order of receipt. It may call {@link Reading.hold} or {@link Reading.stop}: then none follows. */
  readonly packet: (packet: BrokerPacket | Malformed) => void;
  /** False: the transport shall bring nothing more for now. */
  readonly flow: (flows: boolean) => void;
  /** More of a large packet came. */
  readonly stillComing: () => void;
}

/** Reads the packets of one connection, as long as somebody takes them. */
export class Reading {
  readonly #reader: PacketReader;
  readonly #events: ReadingEvents;
  #state: 'reading' | 'held' | 'stopped' = 'reading';
  #isInLoop = false;
  #comingBytes = 0;

  constructor(version: 4 | 5, events: ReadingEvents) {
    this.#reader = new PacketReader(version);
    this.#events = events;
  }

  /** Takes received bytes, which are valid only until this returns. */
  data(bytes: Buffer): void {
    if (this.#state === 'stopped') return;
    const { begun } = this.#reader;
    const wasHeld = this.#state === 'held';
    this.#reader.push(wasHeld ? Buffer.from(bytes) : bytes);
    this.#read();
    if (this.#isHeld && !wasHeld) this.#reader.keep();
    const isOfOne = this.#reader.isInside && this.#reader.begun === begun;
    this.#comingBytes = isOfOne ? this.#comingBytes + bytes.length : 0;
    if (this.#comingBytes < signOfLifeBytes) return;
    this.#comingBytes = 0;
    this.#events.stillComing();
  }

  /** Keeps what follows until {@link resume}. */
  hold(): void {
    if (this.#state === 'reading') this.#state = 'held';
  }

  /** Continues, not before this returns: the caller isn't re-entered by the next packet. */
  resume(): void {
    if (!this.#isHeld) return;
    this.#state = 'reading';
    process.nextTick(() => {
      this.#read();
      if (!this.#isHeld) this.#events.flow(true);
    });
  }

  /** Reads nothing more. */
  stop(): void {
    this.#state = 'stopped';
  }

  get #isHeld(): boolean {
    return this.#state === 'held';
  }

  #read(): void {
    if (this.#isInLoop) return;
    this.#isInLoop = true;
    while (this.#state === 'reading') {
      const packet = this.#reader.next();
      if (packet === undefined) break;
      this.#events.packet(packet);
    }
    this.#isInLoop = false;
    if (this.#isHeld) this.#events.flow(false);
  }
}
