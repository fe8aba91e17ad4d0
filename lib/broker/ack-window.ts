import { Fifo } from '../fifo.js';
import { byteLength, samePayload } from '../message/payload.js';
import type { Publish } from '../message/publish.js';
import { Acknowledged } from './acknowledged.js';

/** A publish of QoS 1 as it came in: what is needed to acknowledge it, and to know it again. */
export interface Received {
  readonly packetId: number;
  readonly publish: Publish;
}

interface Entry extends Received {
  settled: boolean;
}

/**
 * The publishes that were received and are not acknowledged, of one session. Acknowledgements leave in the order of
 * receipt [MQTT-4.6.0-2]: what is settled waits for all that came before it. Packet ids are good on one connection only, so
 * when it drops nothing of it is acknowledged; what the broker then sends again is known again, and neither delivered
 * nor settled twice (design.md, decisions 2 and 3). So is what was acknowledged into a dead line, see {@link Acknowledged}.
 */
export class AckWindow {
  /** Of the current connection, in order of receipt. */
  readonly #entries = new Fifo<Entry>();
  /** Of earlier connections, not acknowledged there, by packet id. */
  readonly #earlier = new Map<number, Entry>();
  /** What a settlement may still come for, by sequence number. */
  readonly #unsettled = new Map<number, Entry>();
  #acknowledged = new Acknowledged<Entry>();
  #bytes = 0;

  /** How many are unacknowledged on the current connection. */
  get size(): number {
    return this.#entries.size;
  }

  /** The bytes of their payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many were received, on any connection, and are not settled. */
  get unsettled(): number {
    return this.#unsettled.size;
  }

  /** A new connection: the broker knows the session, or else what was unacknowledged is forgotten there. */
  connected(sessionPresent: boolean): void {
    if (sessionPresent) return;
    this.#earlier.clear();
    this.#acknowledged = new Acknowledged();
  }

  /** What is not settled will not be: when the broker sends it again, it is new. What is settled is still known. */
  forgetUnsettled(): void {
    for (const [packetId, { settled }] of this.#earlier) if (!settled) this.#earlier.delete(packetId);
    this.#unsettled.clear();
  }

  /** The connection is gone, and what was not acknowledged on it may come again. */
  disconnected(): void {
    for (let entry = this.#entries.shift(); entry !== undefined; entry = this.#entries.shift()) {
      this.#earlier.set(entry.packetId, entry);
    }
    this.#bytes = 0;
    this.#acknowledged.disconnected();
  }

  /** PINGREQ is written, behind the acknowledgements of all that was released. */
  pingSent(): void {
    this.#acknowledged.asked();
  }

  /** PINGRESP came. */
  pingAnswered(): void {
    this.#acknowledged.answered();
  }

  /**
   * Takes a publish in. False when it is one of an earlier connection that came again: the same packet id, marked as a
   * duplicate, with the same content; it is on its way, or settled, already.
   */
  receive(received: Received): boolean {
    const { packetId, publish } = received;
    if (!publish.dup) this.#acknowledged.given(packetId);
    const earlier = this.#earlier.get(packetId) ?? this.#acknowledged.take(packetId);
    this.#earlier.delete(packetId);
    const known = earlier !== undefined && publish.dup && sameContent(earlier.publish, publish);
    const entry = known ? earlier : { packetId, publish, settled: false };
    if (!known) this.#unsettled.set(publish.seq, entry);
    this.#entries.push(entry);
    this.#bytes += byteLength(entry.publish.payload);
    return !known;
  }

  /** Marks a publish as settled; one that is none of this session's, or was settled before, changes nothing. */
  settle(seq: number): void {
    const entry = this.#unsettled.get(seq);
    if (entry === undefined) return;
    entry.settled = true;
    this.#unsettled.delete(seq);
  }

  /** Takes out the settled ones at the front: the packet ids that are due to be acknowledged, in order of receipt. */
  release(): readonly number[] {
    const packetIds: number[] = [];
    for (let entry = this.#entries.first; entry?.settled; entry = this.#entries.first) {
      this.#entries.shift();
      this.#bytes -= byteLength(entry.publish.payload);
      this.#acknowledged.written(entry);
      packetIds.push(entry.packetId);
    }
    return packetIds;
  }
}

const sameContent = (one: Publish, other: Publish): boolean =>
  one.topic === other.topic && samePayload(one.payload, other.payload);
