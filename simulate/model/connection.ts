import type { Acknowledgement } from '../../lib/mqtt/connection/ack-writer.js';
import type {
  CloseReason,
  Connection,
  ConnectionEvents,
  Granted,
  Incoming,
} from '../../lib/mqtt/connection/connection.js';
import type { ConnectionOptions } from '../../lib/mqtt/connection/connection-options.js';
import type { Outgoing } from '../../lib/mqtt/packets/write-publish.js';
import type { Sent } from '../ledger.js';
import type { ModelConnectionDeps } from './connection-deps.js';
import { ModelPings } from './connection-pings.js';
import { Line } from './line.js';
import type { Copy } from './session.js';

/** How long CONNACK may take, as in `lib/mqtt/connection/mqtt-client.ts`, ms. */
const connackDeadlineMs = 30_000;

/**
 * A model of `lib/mqtt/connection/connection.ts`, connected to a model broker: packets take time and keep their order;
 * one that waits for room holds up all behind it; only pings detect a connection that was cut silently.
 */
export class ModelConnection implements Connection {
  readonly version: 4 | 5;
  isAccepted = false;
  readonly #deps: ModelConnectionDeps;
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #line: Line;
  readonly #pings: ModelPings;
  #open = true;
  #isAnswered = false;
  /** Acknowledgements that the broker has not read. */
  readonly #unread = new Set<() => void>();

  constructor(deps: ModelConnectionDeps, options: ConnectionOptions, events: ConnectionEvents) {
    this.#deps = deps;
    this.#options = options;
    this.#events = events;
    this.version = options.protocolVersion;
    this.#line = new Line(deps);
    this.#pings = new ModelPings({
      agenda: deps.agenda,
      keepaliveMs: options.keepaliveS * 1_000,
      mayAct: () => this.#mayAct,
      thereAndBack: (arrived) => this.#line.there(() => this.#line.here(arrived)),
      overdue: () => events.happened({ kind: 'ping-overdue' }),
      dead: () => {
        deps.broker.gone(this);
        this.#closed({ kind: 'lost', detail: 'Keepalive timeout' });
      },
    });
    if (deps.isNetOut()) {
      this.#line.cut('mute');
      deps.agenda.in(3_000, () => this.#closed({ kind: 'unreachable', detail: 'ETIMEDOUT' }));
    } else this.#line.there(() => this.#arrived());
    deps.agenda.in(connackDeadlineMs, () => {
      if (!this.#isAnswered) this.#closed({ kind: 'unreachable', detail: 'connack timeout' });
    });
  }

  /** True while packets pass in both directions. */
  get isGood(): boolean {
    return this.#open && this.isAccepted && this.#line.isGood;
  }

  // ── What the daemon does ──────────────────────────────────────────────────────────────────────────────────────

  subscribe(filters: readonly string[], done: (granted: readonly Granted[]) => void): void {
    if (!this.#mayAct) return;
    this.#line.there(() => {
      const answer = this.#deps.broker.subscribe(this);
      if (answer === 'unanswered') return;
      this.#line.here(() =>
        done(filters.map((filter) => (answer === 'granted' ? { filter, qos: 1 } : { filter }))),
      );
    });
    this.#pings.wrote();
  }

  unsubscribe(_filters: readonly string[], done: () => void): void {
    if (this.#mayAct) this.#line.there(() => this.#line.here(done));
  }

  publish(_message: Outgoing, packetId: number): void {
    if (!this.#mayAct) return;
    this.#line.there(() =>
      this.#line.here(() => this.#events.happened({ kind: 'published', packetId, code: 0 })),
    );
    this.#pings.wrote();
  }

  acknowledge(acks: readonly Acknowledgement[]): void {
    if (!this.#mayAct) return;
    for (const { packetId } of acks) {
      const sent = this.#deps.watch.acknowledged(this, packetId);
      if (!this.#deps.isAlive()) return;
      const lost = (): void => {
        if (this.#unread.delete(lost) && sent !== undefined) this.#deps.watch.ackLost(sent);
      };
      this.#unread.add(lost);
      this.#line.there(() => {
        if (this.#deps.broker.acknowledged(this, packetId)) this.#unread.delete(lost);
        else lost();
      }, lost);
    }
    if (acks.length > 0) this.#pings.wrote();
  }

  resume(): void {
    this.#line.resume();
  }

  end(why: 'taken-over' | 'lost' | 'refused' | 'asked' = 'asked'): void {
    if (why === 'asked') this.#endHere();
    else this.#line.here(() => this.#closed(reasonOf(why)), true);
  }

  // ── What the broker does ──────────────────────────────────────────────────────────────────────────────────────

  connack(sessionPresent: boolean): void {
    this.isAccepted = true;
    this.#line.here(() => {
      this.#isAnswered = true;
      this.#pings.schedule();
      this.#deps.watch.connected(this);
      this.#events.happened({ kind: 'connected', connack: { sessionPresent } });
    });
  }

  /** PUBREL; PUBCOMP answers it. */
  release(packetId: number): void {
    this.#line.here(() => {
      this.#events.happened({ kind: 'released', packetId });
      this.#line.there(() => this.#deps.broker.completed(this, packetId));
    });
  }

  deliver(copy: Copy, packetId: number | undefined, dup: boolean): void {
    const { agenda } = this.#deps;
    const { sent, qos, retain } = copy;
    const expiresInMs =
      this.version === 5 && Number.isFinite(sent.expiresAt)
        ? Math.ceil((sent.expiresAt - agenda.now) / 1_000) * 1_000
        : undefined;
    this.#line.here(() => {
      this.#deps.watch.received(copy, packetId, expiresInMs);
      if (!this.#deps.isAlive()) return;
      if (qos !== 0 && !dup) this.#pings.stillComing();
      const incoming = {
        packetId,
        topic: sent.topic,
        payload: { text: sent.text },
        qos,
        retain,
        dup,
        receivedAt: this.#deps.now(),
        ...oversizedBy(sent),
      };
      const hasRoom = this.#events.publish(
        expiresInMs === undefined ? incoming : { ...incoming, expiresInMs },
      );
      if (!hasRoom) this.#line.pause();
    });
  }

  // ── What happens to it ────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Cuts the connection: both ends see it (`clean`), or packets are lost silently in one direction or in
   * both.
   */
  cut(how: 'clean' | 'silent' | 'deaf' | 'mute'): void {
    this.#line.cut(how === 'deaf' || how === 'mute' ? how : undefined);
    if (how !== 'clean') return;
    this.#deps.broker.gone(this);
    this.#deps.agenda.in(this.#line.way(), () => this.#closed({ kind: 'lost', detail: 'ECONNRESET' }));
  }

  /**
   * The daemon's process is gone: the system closes the connection after everything that was written, unless the power
   * is cut too.
   */
  processGone(powerToo: boolean): void {
    this.#open = false;
    this.#line.close();
    if (!powerToo) this.#line.there(() => this.#deps.broker.gone(this));
  }

  get #mayAct(): boolean {
    return this.#open && this.#deps.isAlive();
  }

  #arrived(): void {
    const { broker } = this.#deps;
    const { password, receiveMaximum } = this.#options;
    const answer = broker.connect(this, this.version, password, receiveMaximum);
    if (answer === 'accepted') broker.accepted(this);
    else this.#line.here(() => this.#closed(refusalOf(answer)), true);
  }

  #endHere(): void {
    if (!this.#mayAct) return;
    this.#open = false;
    this.#line.close();
    this.#pings.stop();
    this.#line.there(() => this.#deps.broker.gone(this));
    // With DISCONNECT it closes when the broker has read that, or after a second.
    const takes = this.#line.isGood ? this.#line.roundTripMs : 1_000;
    this.#deps.agenda.in(takes, () => {
      if (!this.#deps.isAlive()) return;
      this.#events.happened({
        kind: 'closed',
        reason: { kind: 'lost', detail: 'the connection was closed' },
      });
    });
  }

  #closed(reason: CloseReason): void {
    if (!this.#mayAct) return;
    this.#open = false;
    this.#line.close();
    this.#pings.stop();
    for (const lost of this.#unread) lost();
    this.#events.happened({ kind: 'closed', reason });
  }
}

/** What the packet reader reports of a payload of which it kept only the beginning. */
const oversizedBy = ({ id, send }: Sent): Pick<Incoming, 'oversized'> =>
  send.broken === 'oversized'
    ? { oversized: { bytes: 2_000_000, sha256: String(id).padStart(64, '0') } }
    : {};

const reasonOf = (why: 'taken-over' | 'lost' | 'refused'): CloseReason =>
  why === 'taken-over' ? { kind: why } : { kind: why, detail: 'the broker ended it' };

const refusalOf = (answer: 'unsupported-version' | 'refused' | 'unreachable'): CloseReason =>
  answer === 'unsupported-version' ? { kind: answer } : { kind: answer, detail: answer };
