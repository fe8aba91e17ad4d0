import type { Observable } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type { Connection, ConnectionEvents } from '../../lib/mqtt/connection/connection.js';
import type { ReconnectPolicyDeps } from '../../lib/mqtt/session/reconnect-policy.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { SubscriptionsDeps } from './subscriptions.js';
import type { WindowRoomDeps } from './window-room.js';

/** Dependencies of a session. */
export interface BrokerSessionDeps extends WindowRoomDeps, ReconnectPolicyDeps, SubscriptionsDeps {
  /**
   * The login, and each new one: a change means a clean reconnect with the same session (docs/architecture.md#decision-12).
   */
  readonly credentials$: Observable<Credentials>;
  readonly open: (credentials: Credentials, protocolVersion: 4 | 5, events: ConnectionEvents) => Connection;
  /** `auto` is 5, and 4 (which is 3.1.1) where the broker does not have that. */
  readonly protocolVersion: 'auto' | 4 | 5;
  /** How long a planned reconnect waits for what is in flight, ms. */
  readonly handOverMs: number;
}

/** The session with the broker, across connections. */
export interface BrokerSession {
  /** What the broker delivers, each message once in a session. Subscribe once: that connects. */
  readonly publishes$: Observable<Publish>;
  /** The publish is settled: it is acknowledged as soon as all before it are. One out of the spool was so already. */
  settled(publish: Publish): void;
  /** Takes no more messages, and completes; those that were taken can still be settled, while the connection lasts. */
  stopTaking(): void;
  /** Disconnects; resolves when the connection has ended. What is not settled is forgotten: it comes again. */
  close(): Promise<void>;
}
