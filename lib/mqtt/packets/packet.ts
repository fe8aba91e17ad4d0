import type { Payload } from '../../rules/message/payload.js';
import type { Oversized, QoS } from '../../rules/message/publish.js';
import type { WireProperties } from './properties.js';

/** A PUBLISH packet. */
export interface PublishPacket {
  readonly kind: 'publish';
  readonly topic: string;
  readonly payload: Payload;
  /** Set if the payload is only the beginning of this one. */
  readonly oversized?: Oversized;
  readonly qos: QoS;
  /** Absent for QoS 0. */
  readonly packetId: number | undefined;
  readonly dup: boolean;
  readonly retain: boolean;
  readonly properties: WireProperties | undefined;
}

/** Packets that a broker may send. */
export type BrokerPacket =
  /** A well-formed response to a packet of MQTT.js; the bytes are not shared. */
  | { readonly kind: 'connack' | 'suback' | 'unsuback'; readonly bytes: Buffer }
  | PublishPacket
  | { readonly kind: 'pubrel'; readonly packetId: number }
  /** Response to a publish of ours; `code` is 0 in 3.1.1 (MQTT 5, 3.4.2.1). */
  | { readonly kind: 'puback'; readonly packetId: number; readonly code: number }
  | { readonly kind: 'pingresp' }
  /** MQTT 5 only (3.14). */
  | { readonly kind: 'disconnect'; readonly code: number }
  /** Response to a packet that this client never sends. */
  | { readonly kind: 'other' };

/** The bytes are no valid packet: nothing after them can be trusted. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly detail: string;
}

/** An error with its description. */
export const malformed = (detail: string): Malformed => ({ kind: 'malformed', detail });
