import type { Publish, QoS } from '../../rules/message/publish.js';
import type { WireProperties } from '../packets/properties.js';
import type { Acknowledgement } from './ack-writer.js';

/** A publish as it is on the wire: the session gives it a sequence number. */
export interface Incoming extends Omit<Publish, 'seq'> {
  /** Absent for QoS 0, which is not acknowledged. */
  readonly packetId?: number | undefined;
}

/** What CONNACK said. */
export interface Connack {
  readonly sessionPresent: boolean;
  /** MQTT 5: how long the broker keeps the session, s, where it says so (3.2.2.3.2). */
  readonly sessionExpiryS?: number;
}

/** What the broker granted for a topic filter. */
export interface Granted {
  readonly filter: string;
  /** Absent: refused. */
  readonly qos?: QoS;
}

/** Why a connection ended, as far as the next one depends on it. */
export type CloseReason =
  /** The broker does not speak this version of MQTT. */
  | { readonly kind: 'unsupported-version' }
  /** The broker refused the login, or ended it. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** Another client took the session over: it has our client id. */
  | { readonly kind: 'taken-over' }
  /** The broker can't be reached, or does not answer as one. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** The line was up and CONNECT was written; the other end closed without CONNACK: it may not speak this version. */
  | { readonly kind: 'hung-up' }
  /** An established connection ended. */
  | { readonly kind: 'lost'; readonly detail: string };

/** What a connection tells. */
export interface ConnectionEvents {
  readonly connected: (connack: Connack) => void;
  /** In order of receipt. True when there is room for more, see {@link Connection.resume}. */
  readonly publish: (publish: Incoming, properties?: WireProperties) => boolean;
  /** PUBREL came: the broker has read PUBREC. The connection answers with PUBCOMP itself [MQTT-4.3.3-11]. */
  readonly released: (packetId: number) => void;
  /** A ping has not been answered for an eighth of the keepalive: after a quarter of it the line is given up. */
  readonly pingOverdue: () => void;
  /** The last event, once. */
  readonly closed: (reason: CloseReason) => void;
}

/** One connection to the broker, from its CONNECT to its end. */
export interface Connection {
  /** Subscribes; `done` gets what was granted for each filter, in this order, unless the connection ends first. */
  subscribe(filters: readonly string[], done: (granted: readonly Granted[]) => void): void;
  /** Unsubscribes; `done` is called when the broker has answered, unless the connection ends first. */
  unsubscribe(filters: readonly string[], done: () => void): void;
  /** Acknowledges publishes of this connection, in this order: under load, those of a few milliseconds in one write. */
  acknowledge(acks: readonly Acknowledgement[]): void;
  /** Takes packets again after `publish` said that there is no room. */
  resume(): void;
  /** Ends it: with DISCONNECT, so that the broker knows that it is no failure, where it still listens. */
  end(): void;
}
