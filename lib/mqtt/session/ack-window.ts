import { byteLength } from '../../rules/message/payload.js';
import type { Publish } from '../../rules/message/publish.js';
import type { SettledBySession } from '../../storage/unacknowledged-file.js';
import { Fifo } from '../../util/fifo.js';
import type { Acknowledgement } from '../connection/ack-writer.js';
import { digest, type Entry, Pending, sameContent } from './pending.js';

/** A received publish of QoS 1 or 2: what is needed to acknowledge and recognise it. */
export interface Received {
  readonly packetId: number;
  readonly publish: Publish;
}

/** One receipt of a message on the current connection. */
interface Slot {
  readonly entry: Entry;
  readonly qos: 1 | 2;
  /** Absent once the broker gave the id to another message: this one is then not acknowledged. */
  packetId?: number | undefined;
}

/**
 * The publishes received and not acknowledged. Acknowledgements leave in order of receipt [MQTT-4.6.0-2]
 * [MQTT-4.6.0-3], on the connection of the publish: a settled publish waits for all before it.
 *
 * A broker may send an unacknowledged message again on the same connection, and must after a reconnect. A recognised
 * copy is neither delivered nor settled again; see {@link Pending} for what is recognised after a reconnect.
 * Acknowledged publishes are remembered for their connection only: if a PUBACK is lost in a dead one, the message
 * repeats.
 */
export class AckWindow {
  /** Publishes of the current connection, in order of receipt. */
  readonly #slots = new Fifo<Slot>();
  /** The same, by packet id. */
  readonly #byId = new Map<number, Slot>();
  /**
   * Publishes acknowledged on the current connection, by packet id: a copy may have been on its way, behind others in
   * the connection's buffers for as long as the window was full. A large one as its digest.
   */
  readonly #acknowledged = new Map<number, Publish | string>();
  /** Unsettled publishes, by sequence number. */
  readonly #unsettled = new Map<number, Entry>();
  /** Publishes of earlier connections, by session. */
  readonly #sessions = new Map<string, Pending>();
  #session = new Pending();
  #bytes = 0;

  /** `settled`: left by an earlier run, see {@link AckWindow.settled}. */
  constructor(settled: SettledBySession = new Map()) {
    for (const [name, each] of settled) this.#sessions.set(name, new Pending(each));
  }

  /** Publishes settled but not acknowledged; call it between connections. */
  settled(): SettledBySession {
    return new Map([...this.#sessions].map(([name, session]) => [name, session.settled]));
  }

  /** Number of unacknowledged publishes of the current connection. */
  get size(): number {
    return this.#slots.size;
  }

  /** Sequence number of the oldest of them. */
  get oldest(): number | undefined {
    return this.#slots.first?.entry.publish.seq;
  }

  /** Bytes of their payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of unsettled publishes of all connections. */
  get unsettled(): number {
    return this.#unsettled.size;
  }

  /**
   * Starts a connection to a session. If the broker does not know the session, it has forgotten its unacknowledged
   * publishes.
   */
  connected(session: string, sessionPresent: boolean): void {
    const known = sessionPresent ? this.#sessions.get(session) : undefined;
    this.#session = known ?? new Pending();
    this.#sessions.delete(session);
    this.#sessions.set(session, this.#session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > mostSessions && oldest !== undefined) this.#sessions.delete(oldest);
    this.#session.connected();
  }

  /**
   * Gives unsettled publishes up: sent again, they are new, except for the time of first receipt. Settled ones are
   * still recognised.
   */
  forgetUnsettled(): void {
    for (const session of this.#sessions.values()) session.giveUpUnsettled();
    this.#unsettled.clear();
  }

  /** Ends the connection; publishes not acknowledged on it may come again. */
  disconnected(now: number): void {
    const left: Entry[] = [];
    for (let slot = this.#slots.shift(); slot !== undefined; slot = this.#slots.shift()) {
      if (slot.packetId !== undefined) left.push({ ...slot.entry, packetId: slot.packetId });
    }
    this.#byId.clear();
    this.#acknowledged.clear();
    this.#bytes = 0;
    this.#session.disconnected(left, now);
  }

  /**
   * Adds a publish; false if it came before, and is in progress or settled. `copyOf` is the number of another publish
   * of which it is a copy under its own packet id: it is acknowledged when that one is settled. `now` is monotonic, ms.
   */
  receive({ packetId, publish }: Received, now: number, copyOf?: number): boolean {
    const current = this.#byId.get(packetId);
    if (current !== undefined && publish.dup && sameContent(current.entry.publish, publish)) return false;
    // It crossed the PUBACK, or waited here behind others until after it. A second PUBACK would acknowledge the next message with this id.
    if (publish.dup && this.#isAcknowledged(packetId, publish)) return false;
    this.#acknowledged.delete(packetId);
    // The broker considers the id free: an acknowledgement of the older message would acknowledge this one.
    if (current !== undefined) current.packetId = undefined;
    const known = this.#session.take(packetId, publish, now);
    if (known !== undefined && !known.state.givenUp) {
      this.#push(packetId, publish, known);
      return false;
    }
    const state = copyOf === undefined ? { settled: false } : this.#stateOf(copyOf);
    // A lifetime does not restart.
    const entry =
      known === undefined
        ? { packetId, publish, receivedAt: now, state }
        : { ...known, packetId, publish: { ...known.publish, seq: publish.seq, dup: true }, state };
    if (copyOf === undefined) this.#unsettled.set(publish.seq, entry);
    this.#push(packetId, publish, entry);
    return true;
  }

  /** An unsettled publish; with its time of first receipt, if it was given up before. */
  unsettledPublish(seq: number): Publish | undefined {
    return this.#unsettled.get(seq)?.publish;
  }

  /** Marks a publish as settled; ignored if unknown or settled before. */
  settle(seq: number): void {
    const entry = this.#unsettled.get(seq);
    if (entry === undefined) return;
    entry.state.settled = true;
    this.#unsettled.delete(seq);
  }

  /** Removes the settled publishes at the front; returns the acknowledgements due, in order of receipt. */
  release(): readonly Acknowledgement[] {
    const due: Acknowledgement[] = [];
    for (let slot = this.#slots.first; slot?.entry.state.settled; slot = this.#slots.first) {
      this.#slots.shift();
      this.#bytes -= byteLength(slot.entry.publish.payload);
      const { packetId, qos, entry } = slot;
      if (packetId === undefined) continue;
      this.#byId.delete(packetId);
      if (qos === 2) this.#session.recorded(packetId, entry.publish);
      else this.#remember(packetId, entry.publish);
      due.push({ packetId, qos });
    }
    return due;
  }

  /** PUBREL came for a publish of QoS 2: its packet id is free [MQTT-4.3.3-2]. */
  completed(packetId: number): void {
    this.#session.completed(packetId);
  }

  #remember(packetId: number, publish: Publish): void {
    this.#acknowledged.set(packetId, byteLength(publish.payload) > largeBytes ? digest(publish) : publish);
    const [oldest] = this.#acknowledged.size > mostRemembered ? this.#acknowledged.keys() : [];
    if (oldest !== undefined) this.#acknowledged.delete(oldest);
  }

  #isAcknowledged(packetId: number, publish: Publish): boolean {
    const known = this.#acknowledged.get(packetId);
    if (known === undefined) return false;
    return typeof known === 'string' ? known === digest(publish) : sameContent(known, publish);
  }

  #stateOf(seq: number): Entry['state'] {
    return this.#unsettled.get(seq)?.state ?? { settled: true };
  }

  #push(packetId: number, { qos }: Publish, entry: Entry): void {
    const slot: Slot = { entry, qos: qos === 2 ? 2 : 1, packetId };
    this.#slots.push(slot);
    this.#byId.set(packetId, slot);
    this.#bytes += byteLength(entry.publish.payload);
  }
}

/** A unit has one broker, perhaps with a stand-in. */
const mostSessions = 4;

/** More than brokers send before the first is acknowledged. */
const mostRemembered = 1_024;

/** A larger payload takes more memory than a digest takes time. */
const largeBytes = 4_096;
