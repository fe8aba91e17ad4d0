import type { Sent } from '../ledger.js';
import type { Connack, ModelBrokerDeps, Subscribed } from './broker-deps.js';
import type { ModelConnection } from './connection.js';
import {
  type Copy,
  cameBack,
  copyOf,
  type InFlight,
  newSession,
  nextPacketId,
  type Session,
  waitingIn,
} from './session.js';

/** A broker with the persistent session of the only unit. */
export class ModelBroker {
  readonly #deps: ModelBrokerDeps;
  #session: Session | undefined;
  #connection: ModelConnection | undefined;
  #limit = 0;
  readonly #retained: Sent[] = [];
  down = false;
  /** How SUBSCRIBE fails; undefined: it is granted. */
  subscribeFails: Exclude<Subscribed, 'granted'> | undefined;
  /** The token that it accepts. */
  token = '';

  constructor(deps: ModelBrokerDeps) {
    this.#deps = deps;
  }

  /** Messages for the unit that it has not read an acknowledgement of. */
  get waiting(): readonly Sent[] {
    return waitingIn(this.#session);
  }

  get isIdle(): boolean {
    return (
      this.#session === undefined || (this.#session.inFlight.size === 0 && this.#session.queue.length === 0)
    );
  }

  get inFlight(): number {
    return this.#session?.inFlight.size ?? 0;
  }

  /** The connection of the unit. */
  get connection(): ModelConnection | undefined {
    return this.#connection;
  }

  /** Most publishes that it sends on this connection before the first is acknowledged. */
  get limit(): number {
    return this.#limit;
  }

  publish(sent: Sent): void {
    if (sent.send.retain) this.#retained.push(sent);
    const session = this.#session;
    const qos = this.#qosOf(sent);
    if (session === undefined || !session.subscribed || this.down) {
      sent.lost = true;
      return;
    }
    const copy = { sent, qos, retain: false } as const;
    if (qos === 0) {
      if (this.#connection === undefined) sent.lost = true;
      else this.#connection.deliver(copy, undefined, false);
      return;
    }
    if (session.queue.length >= this.#deps.traits.queueLimit) {
      this.#deps.note(`drops ${sent.name}: its queue is full`);
      sent.lost = true;
      return;
    }
    session.queue.push(copy);
    this.#pump();
  }

  connect(connection: ModelConnection, version: 4 | 5, token: string, receiveMaximum: number): Connack {
    const { traits, note } = this.#deps;
    if (this.down) return 'unreachable';
    if (version === 5 && !traits.speaks5) return 'unsupported-version';
    if (token !== this.token) return 'refused';
    this.#connection?.end('taken-over');
    this.#connection = connection;
    this.#limit = (version === 5 ? receiveMaximum : traits.inFlight) * traits.overSends;
    note(`CONNECT, session present: ${this.#session !== undefined}`);
    return 'accepted';
  }

  /** CONNACK was sent: unacknowledged publishes follow it. */
  accepted(connection: ModelConnection): boolean {
    const { traits, agenda } = this.#deps;
    const present = this.#session !== undefined;
    this.#session ??= newSession();
    const session = this.#session;
    connection.connack(present);
    const again = [...session.inFlight.values()];
    if (traits.ids === 'renumber' || traits.resendsLast) {
      session.inFlight.clear();
      session.nextId = 1;
      if (traits.resendsLast) session.queue.push(...again);
      else session.queue.unshift(...again);
      for (const each of again) this.#resentAnew.add(each);
    } else {
      for (const each of again) {
        if (each.isReleased) this.#release(connection, each);
        else if (this.#isOver(each)) session.inFlight.delete(each.packetId);
        else {
          if (each.qos === 2) this.#deps.struck('qos-2', true);
          each.sentAt = agenda.now;
          connection.deliver(each, each.packetId, true);
        }
      }
    }
    this.#pump();
    if (traits.resendMs > 0) agenda.in(traits.resendMs / 2, () => this.#resend(connection));
    return present;
  }

  /** Copies that are resent under another packet id than before. */
  readonly #resentAnew = new Set<Copy>();

  /** SUBSCRIBE was read. */
  subscribe(connection: ModelConnection): Subscribed {
    const session = this.#session;
    if (connection !== this.#connection || session === undefined) return 'unanswered';
    if (this.subscribeFails !== undefined) {
      this.#deps.struck('subscribe-fails', !this.isIdle);
      return this.subscribeFails;
    }
    const isNew = !session.subscribed;
    session.subscribed = true;
    // Retain handling 1 of MQTT 5: for a new subscription only.
    if (connection.version === 5 && !isNew) return 'granted';
    for (const sent of this.#retained) {
      if (sent.expiresAt <= this.#deps.agenda.now) continue;
      // If it was not sent when it was published, it is now.
      if (!sent.retainedSent) sent.lost = false;
      sent.retainedSent = true;
      if (session.inFlight.size + session.queue.length > 0 && this.waiting.includes(sent)) continue;
      session.queue.push({ sent, qos: this.#qosOf(sent), retain: true });
    }
    this.#pump();
    return 'granted';
  }

  /** PUBACK or PUBREC was read; false when it no longer applies to a publish. */
  acknowledged(connection: ModelConnection, packetId: number): boolean {
    const session = this.#session;
    const acked = connection === this.#connection ? session?.inFlight.get(packetId) : undefined;
    if (session === undefined || acked === undefined) return false;
    acked.sent.acked = true;
    this.#deps.note(`reads ${acked.qos === 2 ? 'PUBREC' : 'PUBACK'} ${packetId} (${acked.sent.name})`);
    if (acked.qos === 2) this.#release(connection, acked);
    else {
      session.inFlight.delete(packetId);
      this.#pump();
    }
    return true;
  }

  /** PUBCOMP was read. */
  completed(connection: ModelConnection, packetId: number): void {
    if (connection !== this.#connection || this.#session?.inFlight.get(packetId)?.isReleased !== true) return;
    this.#session.inFlight.delete(packetId);
    this.#pump();
  }

  /** The broker has noticed the end of a connection. */
  gone(connection: ModelConnection): void {
    if (connection === this.#connection) this.#connection = undefined;
  }

  /** Stops the broker and ends all connections. */
  stop(): void {
    this.down = true;
    this.#connection?.end('lost');
    this.#connection = undefined;
  }

  /** Forgets the session. */
  forget(): void {
    for (const sent of this.waiting) sent.lost = true;
    this.#session = undefined;
  }

  /** Takes a snapshot of the state; the result restores it. */
  snapshot(): () => void {
    const then = copyOf(this.#session);
    return () => {
      const before = this.waiting;
      this.#session = copyOf(then);
      cameBack(before, this.waiting);
    };
  }

  #pump(): void {
    const session = this.#session;
    const connection = this.#connection;
    if (session === undefined || connection === undefined || !connection.isAccepted) return;
    while (session.inFlight.size < this.#limit) {
      const copy = session.queue.shift();
      if (copy === undefined) return;
      if (this.#isOver(copy)) continue;
      if (copy.qos === 0) {
        connection.deliver(copy, undefined, false);
        continue;
      }
      const packetId = nextPacketId(session, this.#deps.traits.ids);
      const { sent, qos, retain } = copy;
      session.inFlight.set(packetId, {
        sent,
        qos,
        retain,
        packetId,
        sentAt: this.#deps.agenda.now,
        isReleased: false,
      });
      connection.deliver(copy, packetId, this.#resentAnew.delete(copy));
    }
  }

  #release(connection: ModelConnection, message: InFlight): void {
    this.#deps.struck('qos-2', message.isReleased);
    message.isReleased = true;
    connection.release(message.packetId);
  }

  #qosOf({ send: { qos } }: Sent): Copy['qos'] {
    return qos === 2 && !this.#deps.traits.sendsQos2 ? 1 : qos;
  }

  #isOver({ sent }: Copy): boolean {
    if (sent.expiresAt > this.#deps.agenda.now) return false;
    sent.lost = true;
    return true;
  }

  #resend(connection: ModelConnection): void {
    const { agenda, traits } = this.#deps;
    if (connection !== this.#connection) return;
    for (const each of this.#session?.inFlight.values() ?? []) {
      if (agenda.now - each.sentAt < traits.resendMs || each.sent.expiresAt <= agenda.now) continue;
      each.sentAt = agenda.now;
      if (each.isReleased) this.#release(connection, each);
      else connection.deliver(each, each.packetId, true);
    }
    agenda.in(traits.resendMs / 2, () => this.#resend(connection));
  }
}
