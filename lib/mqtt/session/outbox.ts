import { Fifo } from '../../util/fifo.js';
import type { BrokerLimits, Connack, Connection } from '../connection/connection.js';
import type { Outgoing } from '../packets/write-publish.js';

/** The part of a connection that is needed here. */
export type OutboxConnection = Pick<Connection, 'publish'>;

/** How a publish of ours ended: the broker has it, refused it, or it never got there. */
export type Fate = 'published' | 'refused' | 'dropped';

/** A message to publish. */
export interface Item {
  readonly message: Outgoing;
  /** Called once, unless the session ends first. */
  readonly ended: (fate: Fate) => void;
  /** When it was put here, monotonic, ms. */
  readonly at: number;
}

/** The most messages written and not acknowledged; fewer if the broker's Receive Maximum is less (MQTT 5, 3.3.4). */
export const mostInFlight = 64;

/** The most messages that wait. */
export const mostWaiting = 128;

/** The server waits for an answer for at most 60 s (docs/domain.md#message): later it is of no use, ms. */
const usefulMs = 60_000;

/**
 * Packet ids of our publishes: the upper half. MQTT.js takes the lowest free one for SUBSCRIBE and UNSUBSCRIBE, so they never meet
 * [MQTT-2.2.1-3].
 */
const [firstId, lastId] = [0x8000, 0xffff];

/** Reason codes of PUBACK from here on are errors (MQTT 5, 2.4). */
const firstError = 128;

/**
 * The messages that this client publishes in a session, at QoS 1. Bounded: what has no room, waited too long or was for another
 * session is dropped, so nothing ever waits for it. Unacknowledged ones are written again on the next connection, with their packet
 * ids and before any other [MQTT-4.4.0-1, MQTT-4.6.0-1].
 */
export class Outbox {
  readonly #waiting = new Fifo<Item>();
  /** By packet id, in the order of writing. */
  readonly #inFlight = new Map<number, Item>();
  #connection: OutboxConnection | undefined;
  #session: string | undefined;
  #limits: BrokerLimits = {};
  #room = mostInFlight;
  #nextId = firstId;

  /** The broker accepted a connection to the session of this name. `now` is monotonic, ms. */
  connected(connection: OutboxConnection, session: string, connack: Connack, now: number): void {
    if (this.#session !== session) this.#clear();
    this.#session = session;
    this.#connection = connection;
    this.#limits = connack.limits ?? {};
    this.#room = Math.min(mostInFlight, this.#limits.receiveMaximum ?? mostInFlight);
    for (const [id, { message }] of this.#inFlight) connection.publish(message, id, connack.sessionPresent);
    this.#send(now);
  }

  disconnected(): void {
    this.#connection = undefined;
  }

  /** Publishes a message as soon as there is room; drops it if too many wait, refuses one that the broker would not take. */
  put(item: Item): void {
    if (this.#waiting.size >= mostWaiting) item.ended('dropped');
    else this.#waiting.push(item);
    this.#send(item.at);
  }

  /** Writes all that waits and then this message, because the connection is about to be closed. */
  last(item: Item): void {
    this.#room = Number.POSITIVE_INFINITY;
    this.#send(item.at);
    this.#write(item);
  }

  /** PUBACK came. */
  acknowledged(packetId: number, code: number, now: number): void {
    const item = this.#inFlight.get(packetId);
    this.#inFlight.delete(packetId);
    item?.ended(code < firstError ? 'published' : 'refused');
    this.#send(now);
  }

  #send(now: number): void {
    if (this.#connection === undefined) return;
    for (let next = this.#waiting.first; next !== undefined && this.#hasRoom; next = this.#waiting.first) {
      this.#waiting.shift();
      if (now - next.at > usefulMs) next.ended('dropped');
      else this.#write(next);
    }
  }

  get #hasRoom(): boolean {
    return this.#inFlight.size < this.#room;
  }

  #write(item: Item): void {
    if (!isAllowed(item.message, this.#limits)) {
      item.ended('refused');
      return;
    }
    const id = this.#freeId();
    this.#inFlight.set(id, item);
    this.#connection?.publish(item.message, id, false);
  }

  #freeId(): number {
    do {
      this.#nextId = this.#nextId === lastId ? firstId : this.#nextId + 1;
    } while (this.#inFlight.has(this.#nextId));
    return this.#nextId;
  }

  #clear(): void {
    const left = [...this.#inFlight.values(), ...this.#waiting.items];
    while (this.#waiting.shift() !== undefined);
    this.#inFlight.clear();
    for (const { ended } of left) ended('dropped');
  }
}

/** Fixed header, lengths, packet id and properties of a PUBLISH have less, without correlation data, bytes. */
const headBytes = 64;

/** A message beyond the limits that the broker announced would end the connection (MQTT 5, 3.2.2.3). */
const isAllowed = (
  { topic, payload, retain, correlationData }: Outgoing,
  { qos1 = true, retain: mayRetain = true, maximumPacketSize = Number.POSITIVE_INFINITY }: BrokerLimits,
): boolean =>
  qos1 &&
  (mayRetain || !retain) &&
  Buffer.byteLength(topic) + Buffer.byteLength(payload) + (correlationData?.length ?? 0) + headBytes <=
    maximumPacketSize;
