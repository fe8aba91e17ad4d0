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
  /**
   * True if all its receipts are known; otherwise an equal earlier message may be sent next as a duplicate under its
   * packet id.
   */
  readonly isKnown: boolean;
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
  /** Publishes acknowledged on the current connection of which a copy may have been on its way; by packet id. */
  readonly #crossed = new Map<number, { readonly content: string; readonly at: number }>();
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
    this.#crossed.clear();
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
    // It crossed the PUBACK. A second PUBACK would acknowledge the next message with this id.
    if (publish.dup && this.#hasCrossed(packetId, publish, now)) return false;
    this.#crossed.delete(packetId);
    // The broker considers the id free: an acknowledgement of the older message would acknowledge this one.
    if (current !== undefined) current.packetId = undefined;
    const known = this.#session.take(packetId, publish, now);
    if (known !== undefined && !known.state.givenUp) {
      this.#push(packetId, publish, known, true);
      return false;
    }
    const state = copyOf === undefined ? { settled: false } : this.#stateOf(copyOf);
    // A lifetime does not restart.
    const entry =
      known === undefined
        ? { packetId, publish, receivedAt: now, state }
        : { ...known, packetId, publish: { ...known.publish, seq: publish.seq, dup: true }, state };
    if (copyOf === undefined) this.#unsettled.set(publish.seq, entry);
    this.#push(packetId, publish, entry, known !== undefined || !publish.dup);
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

  /** Removes the settled publishes at the front; returns the acknowledgements due at `now`, in order of receipt. */
  release(now: number): readonly Acknowledgement[] {
    const due: Acknowledgement[] = [];
    for (let slot = this.#slots.first; slot?.entry.state.settled; slot = this.#slots.first) {
      this.#slots.shift();
      this.#bytes -= byteLength(slot.entry.publish.payload);
      const { packetId, qos, entry, isKnown } = slot;
      if (packetId === undefined) continue;
      this.#byId.delete(packetId);
      if (qos === 2) this.#session.recorded(packetId, entry.publish);
      else if (isKnown) this.#acknowledged(packetId, entry, now);
      due.push({ packetId, qos });
    }
    return due;
  }

  /** PUBREL came for a publish of QoS 2: its packet id is free [MQTT-4.3.3-2]. */
  completed(packetId: number): void {
    this.#session.completed(packetId);
  }

  #acknowledged(packetId: number, { publish, receivedAt }: Entry, now: number): void {
    if (now - receivedAt < soonestCopyMs) return;
    this.#crossed.set(packetId, { content: digest(publish), at: now });
    const [oldest] = this.#crossed.size > mostCrossed ? this.#crossed.keys() : [];
    if (oldest !== undefined) this.#crossed.delete(oldest);
  }

  #hasCrossed(packetId: number, publish: Publish, now: number): boolean {
    const { content, at } = this.#crossed.get(packetId) ?? { at: Number.NEGATIVE_INFINITY };
    return now - at <= latestCopyMs && content === digest(publish);
  }

  #stateOf(seq: number): Entry['state'] {
    return this.#unsettled.get(seq)?.state ?? { settled: true };
  }

  #push(packetId: number, { qos }: Publish, entry: Entry, isKnown: boolean): void {
    const slot: Slot = { entry, qos: qos === 2 ? 2 : 1, packetId, isKnown };
    this.#slots.push(slot);
    this.#byId.set(packetId, slot);
    this.#bytes += byteLength(entry.publish.payload);
  }
}

/** A unit has one broker, perhaps with a stand-in. */
const mostSessions = 4;

/** No broker sends again sooner, ms: publishes acknowledged by then need not be remembered. */
const soonestCopyMs = 500;

/** Longest delay of a copy behind the acknowledgement, ms: data buffered on the connection while the window is full. */
const latestCopyMs = 30_000;
const mostCrossed = 1_024;
