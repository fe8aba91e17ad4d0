import { Fifo } from '../fifo.js';
import { byteLength } from '../message/payload.js';
import type { Publish } from '../message/publish.js';

/** What this is about: a publish under the packet id that it came with. */
interface Identified {
  readonly packetId: number;
  readonly publish: Publish;
}

interface Written<E> {
  readonly entry: E;
  /** The how-manieth acknowledgement it is. */
  readonly order: number;
}

/** So much is remembered: what a line that goes dead can swallow is what the broker had in flight. */
const mostMessages = 1_024;
const mostBytes = 1_048_576;

/**
 * The publishes whose PUBACK was written, and was perhaps never read, as the line was dead: the broker sends those again.
 * Packets are handled in order, so PINGRESP says that all that was written before its PINGREQ was read.
 *
 * The broker may give a packet id that it read the PUBACK of to another command with the same content, and send that again
 * for the first time that we see it. So nothing is known again before this broker has shown that it counts ids up, as
 * mosquitto and EMQX do: it gave one past all before it while one that it had back was free.
 */
export class Acknowledged<E extends Identified> {
  /** By packet id. */
  readonly #written = new Map<number, Written<E>>();
  /** The oldest first; some of them have been forgotten since. */
  readonly #order = new Fifo<Written<E>>();
  #bytes = 0;
  #count = 0;
  /** The acknowledgements up to this one were written before the latest PINGREQ. */
  #asked = 0;
  /** Those up to this one were written on earlier connections. */
  #lost = 0;
  #highest = 0;
  /** An id that the broker has back, and has not given again. */
  #free: number | undefined;
  #countsUp = false;

  /** The PUBACK of a publish is written. */
  written(entry: E): void {
    this.#forget(entry.packetId);
    this.#count += 1;
    const written = { entry, order: this.#count };
    this.#written.set(entry.packetId, written);
    this.#order.push(written);
    this.#bytes += byteLength(entry.publish.payload);
    while (this.#order.size > mostMessages || this.#bytes > mostBytes) this.#forgetOldest();
  }

  /** PINGREQ is written. */
  asked(): void {
    this.#asked = this.#count;
  }

  /** PINGRESP came: what was written before its PINGREQ was read; what was sent again on this connection came before. */
  answered(): void {
    for (let oldest = this.#order.first; oldest !== undefined; oldest = this.#order.first) {
      if (oldest.order > this.#asked) return;
      if (oldest.order > this.#lost && this.#isKnown(oldest)) this.#free = oldest.entry.packetId;
      this.#forgetOldest();
    }
  }

  /** A publish came that is not marked as a duplicate: the broker held its packet id for free. */
  given(packetId: number): void {
    if (packetId === this.#free || this.#written.has(packetId)) {
      this.#countsUp = false;
      this.#free = undefined;
      this.#written.clear();
      this.#bytes = 0;
    } else if (this.#free !== undefined && packetId > this.#highest) this.#countsUp = true;
    this.#highest = Math.max(this.#highest, packetId);
  }

  /** The connection is gone, and perhaps what was written on it. */
  disconnected(): void {
    this.#lost = this.#count;
  }

  /** What may come again under this packet id; it is taken out. */
  take(packetId: number): E | undefined {
    const written = this.#written.get(packetId);
    if (!this.#countsUp || written === undefined || written.order > this.#lost) return undefined;
    this.#forget(packetId);
    return written.entry;
  }

  #isKnown(written: Written<E>): boolean {
    return this.#written.get(written.entry.packetId) === written;
  }

  #forgetOldest(): void {
    const oldest = this.#order.shift();
    if (oldest !== undefined && this.#isKnown(oldest)) this.#forget(oldest.entry.packetId);
  }

  #forget(packetId: number): void {
    const written = this.#written.get(packetId);
    if (written === undefined) return;
    this.#written.delete(packetId);
    this.#bytes -= byteLength(written.entry.publish.payload);
  }
}
