import type { Agenda } from '../engine/agenda.js';
import { forgetReceipt, type Sent } from '../ledger.js';
import type { BrokerTraits } from '../plan.js';
import type { Line } from './line.js';
import { type Copy, copyOf, newSession, type Session } from './session.js';

/** What a broker needs of its surroundings. */
export interface ModelBrokerDeps {
  readonly agenda: Agenda;
  readonly traits: BrokerTraits;
  readonly note: (text: string) => void;
}

/** How CONNECT is answered. */
export type Connack = 'accepted' | 'unsupported-version' | 'refused' | 'unreachable';

/** A broker, with the persistent session of the one unit there is. */
export class ModelBroker {
  readonly #deps: ModelBrokerDeps;
  #session: Session | undefined;
  #line: Line | undefined;
  #limit = 0;
  readonly #retained: Sent[] = [];
  down = false;
  /** The token that it accepts. */
  token = '';

  constructor(deps: ModelBrokerDeps) {
    this.#deps = deps;
  }

  /** What it has for the unit and has not had back. */
  get waiting(): readonly Sent[] {
    if (this.#session === undefined) return [];
    return [...this.#session.inFlight.values(), ...this.#session.queue].map(({ sent }) => sent);
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
  get line(): Line | undefined {
    return this.#line;
  }

  publish(sent: Sent): void {
    if (sent.send.retain) this.#retained.push(sent);
    const session = this.#session;
    const qos = sent.send.qos === 0 ? 0 : 1;
    if (session === undefined || !session.subscribed || this.down) {
      sent.lost = true;
      return;
    }
    const copy = { sent, qos, retain: false } as const;
    if (qos === 0) {
      if (this.#line === undefined) sent.lost = true;
      else this.#line.deliver(copy, undefined, false);
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

  connect(line: Line, version: 4 | 5, token: string, receiveMaximum: number): Connack {
    const { traits, note } = this.#deps;
    if (this.down) return 'unreachable';
    if (version === 5 && !traits.speaks5) return 'unsupported-version';
    if (token !== this.token) return 'refused';
    this.#line?.end('taken-over');
    this.#line = line;
    this.#limit = (version === 5 ? receiveMaximum : traits.inFlight) * traits.overSends;
    note(`CONNECT, session present: ${this.#session !== undefined}`);
    return 'accepted';
  }

  /** CONNACK was sent: what is unacknowledged follows it. */
  accepted(line: Line): boolean {
    const { traits, agenda } = this.#deps;
    const present = this.#session !== undefined;
    this.#session ??= newSession();
    const session = this.#session;
    line.connack(present);
    const again = [...session.inFlight.values()];
    if (traits.ids === 'renumber' || traits.resendsLast) {
      session.inFlight.clear();
      session.nextId = 1;
      if (traits.resendsLast) session.queue.push(...again);
      else session.queue.unshift(...again);
      for (const { sent } of again) this.#resentAnew.add(sent);
    } else {
      for (const each of again) {
        if (this.#isOver(each)) session.inFlight.delete(each.packetId);
        else {
          each.sentAt = agenda.now;
          line.deliver(each, each.packetId, true);
        }
      }
    }
    this.#pump();
    if (traits.resendMs > 0) agenda.in(traits.resendMs / 2, () => this.#resend(line));
    return present;
  }

  /** What is sent under another packet id than before, and is a duplicate all the same. */
  readonly #resentAnew = new Set<Sent>();

  subscribe(line: Line): void {
    const session = this.#session;
    if (line !== this.#line || session === undefined) return;
    const isNew = !session.subscribed;
    session.subscribed = true;
    // Retain handling 1 of MQTT 5: for a new subscription only.
    if (line.version === 5 && !isNew) return;
    for (const sent of this.#retained) {
      if (sent.expiresAt <= this.#deps.agenda.now) continue;
      // Where it was not sent when it was published, it is now.
      if (!sent.retainedSent) sent.lost = false;
      sent.retainedSent = true;
      if (session.inFlight.size + session.queue.length > 0 && this.waiting.includes(sent)) continue;
      session.queue.push({ sent, qos: sent.send.qos === 0 ? 0 : 1, retain: true });
    }
    this.#pump();
  }

  /** PUBACK came; false when it is of no use any more. */
  puback(line: Line, packetId: number): boolean {
    const session = this.#session;
    const acked = line === this.#line ? session?.inFlight.get(packetId) : undefined;
    if (session === undefined || acked === undefined) return false;
    session.inFlight.delete(packetId);
    acked.sent.acked = true;
    this.#deps.note(`reads PUBACK ${packetId} (${acked.sent.name})`);
    this.#pump();
    return true;
  }

  /** A connection has ended, as far as the broker knows. */
  gone(line: Line): void {
    if (line === this.#line) this.#line = undefined;
  }

  /** It goes down, and with it all connections. */
  stop(): void {
    this.down = true;
    this.#line?.end('lost');
    this.#line = undefined;
  }

  /** It forgets the session. */
  forget(): void {
    for (const sent of this.waiting) sent.lost = true;
    this.#session = undefined;
  }

  /** Its state now, to come back to. */
  snapshot(): () => void {
    const then = copyOf(this.#session);
    return () => {
      const before = new Set(this.waiting);
      this.#session = copyOf(then);
      const after = new Set(this.waiting);
      for (const sent of before) if (!after.has(sent)) sent.lost = true;
      for (const sent of after) {
        sent.lost = false;
        sent.acked = false;
        forgetReceipt(sent);
        for (const each of Object.values(sent.notified)) each.copies += 1;
      }
    };
  }

  #pump(): void {
    const session = this.#session;
    const line = this.#line;
    if (session === undefined || line === undefined || !line.isAccepted) return;
    while (session.inFlight.size < this.#limit) {
      const copy = session.queue.shift();
      if (copy === undefined) return;
      if (this.#isOver(copy)) continue;
      if (copy.qos === 0) {
        line.deliver(copy, undefined, false);
        continue;
      }
      const packetId = this.#nextId(session);
      const { sent, qos, retain } = copy;
      session.inFlight.set(packetId, { sent, qos, retain, packetId, sentAt: this.#deps.agenda.now });
      line.deliver(copy, packetId, this.#resentAnew.delete(sent));
    }
  }

  #isOver({ sent }: Copy): boolean {
    if (sent.expiresAt > this.#deps.agenda.now) return false;
    sent.lost = true;
    return true;
  }

  #nextId(session: Session): number {
    if (this.#deps.traits.ids === 'lowest') {
      for (let id = 1; ; id += 1) if (!session.inFlight.has(id)) return id;
    }
    while (session.inFlight.has(session.nextId)) session.nextId = (session.nextId % 65_535) + 1;
    const id = session.nextId;
    session.nextId = (id % 65_535) + 1;
    return id;
  }

  #resend(line: Line): void {
    const { agenda, traits } = this.#deps;
    if (line !== this.#line) return;
    for (const each of this.#session?.inFlight.values() ?? []) {
      if (agenda.now - each.sentAt < traits.resendMs) continue;
      each.sentAt = agenda.now;
      line.deliver(each, each.packetId, true);
    }
    agenda.in(traits.resendMs / 2, () => this.#resend(line));
  }
}
