/** Acknowledges a publish: PUBACK for QoS 1, PUBREC for QoS 2. */
export interface Acknowledgement {
  readonly packetId: number;
  readonly qos: 1 | 2;
}

/**
 * A write takes a tenth of the CPU time of a message. Under load, this many acknowledgements go out at once, or fewer
 * after `ackDelayMs`: by then brokers with 20 in flight have the next ones on their way.
 */
const enoughAcks = 16;
const ackDelayMs = 4;

/**
 * Writes the acknowledgements of one connection in the requested order, with as few writes as possible without keeping
 * the broker waiting: one for each turn of the event loop, and under load one for a few milliseconds.
 */
export class AckWriter {
  readonly #write: (packets: Buffer) => void;
  /** Pending packets, each as its four bytes. */
  #due: number[] = [];
  #unacknowledged = 0;
  #atOnce: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(write: (packets: Buffer) => void) {
    this.#write = write;
  }

  /** A publish of QoS 1 or 2 arrived and will be acknowledged. */
  received(): void {
    this.#unacknowledged += 1;
  }

  /** Acknowledges publishes, in this order. */
  acknowledge(acks: readonly Acknowledgement[]): void {
    if (acks.length === 0 || this.#closed) return;
    for (const { packetId, qos } of acks) this.#due.push((qos === 1 ? puback : pubrec) + packetId);
    this.#unacknowledged -= acks.length;
    // Under load there are more to come; else the broker may wait for this one before it sends on (Nagle's algorithm).
    if (this.#due.length >= enoughAcks || this.#unacknowledged <= 0)
      this.#atOnce ??= setImmediate(() => this.flush());
    else this.#later ??= setTimeout(() => this.flush(), ackDelayMs);
  }

  /** Writes PUBCOMP after pending acknowledgements, in this turn of the event loop. */
  complete(packetId: number): void {
    if (this.#closed) return;
    this.#due.push(pubcomp + packetId);
    this.#atOnce ??= setImmediate(() => this.flush());
  }

  /** Writes pending acknowledgements now, ahead of whatever is written next. */
  flush(): void {
    const due = this.#due;
    this.#forget();
    if (due.length > 0) this.#write(packetsOf(due));
  }

  /** Drops pending acknowledgements; nothing is written any more. */
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

/**
 * Success packets, to which the packet id is added; valid in MQTT 3.1.1 and 5 (MQTT 5, 3.4.2.1, 3.5.2.1 and 3.7.2.1).
 */
const [puback, pubrec, pubcomp] = [0x4002_0000, 0x5002_0000, 0x7002_0000];

const packetsOf = (due: readonly number[]): Buffer => {
  const packets = Buffer.allocUnsafe(due.length * 4);
  for (const [at, packet] of due.entries()) packets.writeUInt32BE(packet, at * 4);
  return packets;
};
