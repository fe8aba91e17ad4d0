import type { Observable } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type { Connection, ConnectionEvents } from '../../lib/mqtt/connection/connection.js';
import type { Outgoing } from '../../lib/mqtt/packets/write-publish.js';
import type { Item } from '../../lib/mqtt/session/outbox.js';
import type { AfterEnd, Phase } from '../../lib/mqtt/session/phase.js';
import type { ReconnectPolicyDeps } from '../../lib/mqtt/session/reconnect-policy.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { SubscriptionsDeps } from './subscriptions.js';
import type { WindowRoomDeps } from './window-room.js';

/** The last message on a connection of this login that this side closes. */
export type Farewell = (used: Credentials, next: AfterEnd) => Outgoing | undefined;

/** Dependencies of a session. */
export interface BrokerSessionDeps extends WindowRoomDeps, ReconnectPolicyDeps, SubscriptionsDeps {
  /**
   * The login, and each new one. A change causes a planned reconnect with the same session
   * (docs/architecture.md#decision-12).
   */
  readonly credentials$: Observable<Credentials>;
  readonly open: (credentials: Credentials, protocolVersion: 4 | 5, events: ConnectionEvents) => Connection;
  /** `auto` is 5, or 4 (MQTT 3.1.1) if the broker does not support 5. */
  readonly protocolVersion: 'auto' | 4 | 5;
  /** Present if the session publishes. */
  readonly publishing?: {
    /** Publishes get what their senders ask for, see `Publish.reply`. */
    readonly withReplies: boolean;
    readonly farewell: Farewell;
  };
  /** How long a planned reconnect waits for messages in flight, ms. */
  readonly handOverMs: number;
}

/** A connection, and the login that it was opened with. */
export interface Opened {
  readonly login: Credentials;
  readonly connection: Connection;
  /** CONNACK accepted it. */
  readonly isAccepted: boolean;
}

/** The session with the broker, across connections. */
export interface BrokerSession {
  /** Publishes of the broker, each once per session. Subscribe once; subscribing connects. */
  readonly publishes$: Observable<Publish>;
  /**
   * The publish is settled: it is acknowledged as soon as all before it are. A publish from the spool was
   * acknowledged before.
   */
  settled(publish: Publish): void;
  /** Publishes a message, if the session publishes; `ended` is called once, unless the session ends first. */
  publish(message: Outgoing, ended: Item['ended']): void;
  /** The login of the connection, else the newest one. */
  login(): Credentials | undefined;
  /** Its phase, and the number of steps that it took. */
  view(): { readonly phase: Phase['kind']; readonly steps: number };
  /** Takes no more publishes, and completes. Those taken can still be settled while the connection lasts. */
  stopTaking(): void;
  /**
   * Disconnects; resolves when the connection has ended. Unsettled publishes are forgotten: the broker sends them
   * again.
   */
  close(): Promise<void>;
}
