import { byteLength } from '../../rules/message/payload.js';
import type { Publish } from '../../rules/message/publish.js';
import type { SettledBySession } from '../../storage/unacknowledged-file.js';
import { Fifo } from '../../util/fifo.js';
import type { Acknowledgement } from '../connection/ack-writer.js';
import { digest, type Entry, Pending, sameContent } from './pending.js';

/** A publish of QoS 1 or 2 as it came in: what is needed to acknowledge it, and to recognise it. */
export interface Received {
  readonly packetId: number;
  readonly publish: Publish;
}

/** A receipt of a message on the current connection. */
interface Slot {
  readonly entry: Entry;
  readonly qos: 1 | 2;
  /** All its receipts are known: else an equal message of before may get its packet id next, as a duplicate, too. */
  readonly isKnown: boolean;
  /** Absent once the broker gave it to another message: it waits for no acknowledgement of this one. */
  packetId?: number | undefined;
}

/**
 * The publishes that were received and are not acknowledged. Acknowledgements leave in the order of receipt
 * [MQTT-4.6.0-2] [MQTT-4.6.0-3], on the connection that brought them: what is settled waits for all that came before it.
 *
 * A broker may send an unacknowledged message again on the same connection, and must after a reconnect. Recognised, it is
 * neither delivered nor settled twice; see {@link Pending} for what is recognised after a reconnect. What was acknowledged
 * is not remembered beyond its connection: if its PUBACK is lost in a dead one, the message repeats.
 */
export class AckWindow {
  /** Of the current connection, in order of receipt. */
  readonly #slots = new Fifo<Slot>();
  /** The same, by packet id. */
  readonly #byId = new Map<number, Slot>();
  /** What was acknowledged on the current connection, where a copy may have been on its way by then; by packet id. */
  readonly #crossed = new Map<number, { readonly content: string; readonly at: number }>();
  /** What a settlement may still come for, by sequence number. */
  readonly #unsettled = new Map<number, Entry>();
  /** Of earlier connections, by the session that they belong to. */
  readonly #sessions = new Map<string, Pending>();
  #session = new Pending();
  #bytes = 0;

  /** `settled` is what an earlier run left, see {@link AckWindow.settled}. */
  constructor(settled: SettledBySession = new Map()) {
    for (const [name, each] of settled) this.#sessions.set(name, new Pending(each));
  }

  /** Between connections: what is settled and could not be acknowledged. */
  settled(): SettledBySession {
    return new Map([...this.#sessions].map(([name, session]) => [name, session.settled]));
  }

  /** How many are unacknowledged on the current connection. */
  get size(): number {
    return this.#slots.size;
  }

  /** The bytes of their payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many were received, on any connection, and are not settled. */
  get unsettled(): number {
    return this.#unsettled.size;
  }

  /**
   * A new connection to the session of this name. Where the broker does not know that session, it has forgotten what was
   * unacknowledged in it.
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
   * What is not settled will not be: when the broker sends it again, it is new, but for the time of its first receipt. What
   * is settled is still known.
   */
  forgetUnsettled(): void {
    for (const session of this.#sessions.values()) session.giveUpUnsettled();
    this.#unsettled.clear();
  }

  /** The connection is gone, and what was not acknowledged on it may come again. */
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
   * Takes a publish in; false when it came before, and is on its way or settled already. `copyOf` is the number of another
   * publish that it is a copy of under an id of its own: it is acknowledged when that one is settled. `now` is monotonic, ms.
   */
  receive({ packetId, publish }: Received, now: number, copyOf?: number): boolean {
    const current = this.#byId.get(packetId);
    if (current !== undefined && publish.dup && sameContent(current.entry.publish, publish)) return false;
    // It crossed the PUBACK. Another one would acknowledge the message that the broker gives the id to next.
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
    // A lifetime does not start anew.
    const entry =
      known === undefined
        ? { packetId, publish, receivedAt: now, state }
        : { ...known, packetId, publish: { ...known.publish, seq: publish.seq, dup: true }, state };
    if (copyOf === undefined) this.#unsettled.set(publish.seq, entry);
    this.#push(packetId, publish, entry, known !== undefined || !publish.dup);
    return true;
  }

  /** A publish that was taken in and is not settled: with the time of its first receipt, where it was given up before. */
  unsettledPublish(seq: number): Publish | undefined {
    return this.#unsettled.get(seq)?.publish;
  }

  /** Marks a publish as settled; one that is none of this process's, or was settled before, changes nothing. */
  settle(seq: number): void {
    const entry = this.#unsettled.get(seq);
    if (entry === undefined) return;
    entry.state.settled = true;
    this.#unsettled.delete(seq);
  }

  /** Takes out the settled ones at the front: what is due to be acknowledged at `now`, in order of receipt. */
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

  /** PUBREL came for a publish of QoS 2: its packet id is free again [MQTT-4.3.3-2]. */
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

/** A unit has one broker, perhaps two that stand in for each other. */
const mostSessions = 4;

/** No broker sends again sooner, ms: what is acknowledged by then needs no memory. */
const soonestCopyMs = 500;

/** How late a copy can be behind the acknowledgement: what the line holds, while the window is full, ms. */
const latestCopyMs = 30_000;
const mostCrossed = 1_024;
