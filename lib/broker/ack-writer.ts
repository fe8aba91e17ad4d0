/** Acknowledges a publish: PUBACK for QoS 1, PUBREC for QoS 2. */
export interface Acknowledgement {
  readonly packetId: number;
  readonly qos: 1 | 2;
}

/**
 * A write costs a tenth of all that is done for a message. Under load so many acknowledgements are written at once, fewer
 * after so many ms: brokers that have 20 in flight at the most have the next ones on their way by then.
 */
const enoughAcks = 16;
const ackDelayMs = 4;

/**
 * Writes the acknowledgements of one connection, in the order in which they are asked for, and as few times as it can without
 * keeping the broker waiting: those of a turn of the event loop in one write, and under load those of a few milliseconds.
 */
export class AckWriter {
  readonly #write: (packets: Buffer) => void;
  #due: Acknowledgement[] = [];
  #unacknowledged = 0;
  #atOnce: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(write: (packets: Buffer) => void) {
    this.#write = write;
  }

  /** A publish of QoS 1 or 2 came in: it will be acknowledged, sooner or later. */
  received(): void {
    this.#unacknowledged += 1;
  }

  /** Acknowledges publishes, in this order. */
  acknowledge(acks: readonly Acknowledgement[]): void {
    if (acks.length === 0 || this.#closed) return;
    this.#due.push(...acks);
    this.#unacknowledged -= acks.length;
    // Under load there are more to come; else the broker may wait for this one before it sends on (Nagle's algorithm).
    if (this.#due.length >= enoughAcks || this.#unacknowledged <= 0)
      this.#atOnce ??= setImmediate(() => this.flush());
    else this.#later ??= setTimeout(() => this.flush(), ackDelayMs);
  }

  /** Writes what is due now, so that it is ahead of what is written next. */
  flush(): void {
    const acks = this.#due;
    this.#forget();
    if (acks.length > 0) this.#write(packetsOf(acks));
  }

  /** The connection is over: what is due is dropped, and nothing is written any more. */
  close(): void {
    this.#closed = true;
    this.#forget();
  }

  #forget(): void {
    clearImmediate(this.#atOnce);
    clearTimeout(this.#later);
    this.#atOnce = undefined;
    this.#later = undefined;
    this.#due = [];
  }
}

/** A PUBACK or PUBREC for each, success, valid in MQTT 3.1.1 and 5 (MQTT 5, 3.4.2.1 and 3.5.2.1). */
const packetsOf = (acks: readonly Acknowledgement[]): Buffer => {
  const packets = Buffer.allocUnsafe(acks.length * 4);
  for (const [at, { packetId, qos }] of acks.entries()) {
    packets.writeUInt16BE(qos === 1 ? 0x4002 : 0x5002, at * 4);
    packets.writeUInt16BE(packetId, at * 4 + 2);
  }
  return packets;
};
