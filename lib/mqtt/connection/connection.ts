import type { Publish, QoS } from '../../rules/message/publish.js';
import type { WireProperties } from '../packets/properties.js';
import type { Outgoing } from '../packets/write-publish.js';
import type { Acknowledgement } from './ack-writer.js';

/** A publish as received; the session adds the sequence number. */
export interface Incoming extends Omit<Publish, 'seq'> {
  /** Absent for QoS 0, which is not acknowledged. */
  readonly packetId?: number | undefined;
}

/** Contents of CONNACK. */
export interface Connack {
  readonly sessionPresent: boolean;
  /** MQTT 5: how long the broker keeps the session, s, if it says so (3.2.2.3.2). */
  readonly sessionExpiryS?: number;
  /** MQTT 5: the broker has no shared subscriptions (3.2.2.3.13). Brokers of 3.1.1 don't say. */
  readonly hasNoSharing?: boolean;
  /** MQTT 5: what else the broker announces; absent if nothing. */
  readonly limits?: BrokerLimits;
}

/** Limits that a broker announces in CONNACK (MQTT 5, 3.2.2.3), as far as they concern this client. */
export interface BrokerLimits {
  /** The keepalive that the broker wants instead of ours, s. */
  readonly keepaliveS?: number;
  /** The largest packet that it accepts, bytes. */
  readonly maximumPacketSize?: number;
  /** How many of our publishes may be unacknowledged. */
  readonly receiveMaximum?: number;
  /** False: it takes publishes at QoS 0 only. */
  readonly qos1?: boolean;
  /** False: it keeps no retained messages, and takes none. */
  readonly retain?: boolean;
  /** False: it refuses topic filters with wildcards. */
  readonly wildcards?: boolean;
}

/** Result of subscribing to one topic filter. */
export interface Granted {
  readonly filter: string;
  /** Absent: refused. */
  readonly qos?: QoS;
}

/** Why a connection ended, as far as it matters for the next attempt. */
export type CloseReason =
  /** The broker does not support this version of MQTT. */
  | { readonly kind: 'unsupported-version' }
  /** The broker refused or revoked the login. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** The broker takes no will like ours. */
  | { readonly kind: 'will-refused'; readonly detail: string }
  /** Another client with the same client id took over the session. */
  | { readonly kind: 'taken-over' }
  /** The broker can't be reached, or something else answers. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** The other end closed after CONNECT, without CONNACK: it may not support this version. */
  | { readonly kind: 'hung-up' }
  /** An established connection ended. */
  | { readonly kind: 'lost'; readonly detail: string };

/** What happens on a connection, apart from the publishes of others. */
export type ConnectionEvent =
  /** The broker accepted it. */
  | { readonly kind: 'connected'; readonly connack: Connack }
  /** PUBREL came: the broker has PUBREC. The connection sends PUBCOMP itself [MQTT-4.3.3-11]. */
  | { readonly kind: 'released'; readonly packetId: number }
  /** PUBACK came for a publish of ours; from 128 on, the code is the reason why it was refused (MQTT 5, 3.4.2.1). */
  | { readonly kind: 'published'; readonly packetId: number; readonly code: number }
  /** A ping is unanswered for an eighth of the keepalive; after a quarter the connection counts as dead. */
  | { readonly kind: 'ping-overdue' }
  /** The last event, exactly once. */
  | { readonly kind: 'closed'; readonly reason: CloseReason };

/** Who uses a connection. */
export interface ConnectionEvents {
  /** Publishes in order of receipt. Returns false to pause reading until {@link Connection.resume}. */
  readonly publish: (publish: Incoming, properties?: WireProperties) => boolean;
  readonly happened: (event: ConnectionEvent) => void;
}

/** One connection to the broker, from CONNECT to its end. */
export interface Connection {
  /** Subscribes; `done` gets the result for each filter, in this order, unless the connection ends first. */
  subscribe(filters: readonly string[], done: (granted: readonly Granted[]) => void): void;
  /** Unsubscribes; `done` is called when the broker has answered, unless the connection ends first. */
  unsubscribe(filters: readonly string[], done: () => void): void;
  /** Acknowledges publishes of this connection, in this order: under load, those of a few milliseconds in one write. */
  acknowledge(acks: readonly Acknowledgement[]): void;
  /** Publishes at QoS 1, with a packet id that no other publish in flight has. `dup`: as on an earlier connection. */
  publish(message: Outgoing, packetId: number, dup: boolean): void;
  /** Continues reading after `publish` returned false. */
  resume(): void;
  /** Closes the connection, with DISCONNECT if it was accepted, so that the broker doesn't see a failure. */
  end(): void;
}
