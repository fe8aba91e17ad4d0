import type { Payload } from '../../rules/message/payload.js';
import type { Oversized, QoS } from '../../rules/message/publish.js';
import type { WireProperties } from './properties.js';

/** A PUBLISH as it is on the wire. */
export interface PublishPacket {
  readonly kind: 'publish';
  readonly topic: string;
  readonly payload: Payload;
  /** The payload is only the beginning of this. */
  readonly oversized?: Oversized;
  readonly qos: QoS;
  /** Absent for QoS 0. */
  readonly packetId: number | undefined;
  readonly dup: boolean;
  readonly retain: boolean;
  readonly properties: WireProperties | undefined;
}

/** What a broker may send. */
export type BrokerPacket =
  /** It answers a packet that MQTT.js wrote, and is well-formed: its bytes, which are nobody else's. */
  | { readonly kind: 'connack' | 'suback' | 'unsuback'; readonly bytes: Buffer }
  | PublishPacket
  | { readonly kind: 'pubrel'; readonly packetId: number }
  | { readonly kind: 'pingresp' }
  /** MQTT 5 alone (3.14). */
  | { readonly kind: 'disconnect'; readonly code: number }
  /** It answers something that this client does not send. */
  | { readonly kind: 'other' };

/** The bytes are no such packet: nothing behind them can be trusted. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly detail: string;
}

/** Says why what came can't be read. */
export const malformed = (detail: string): Malformed => ({ kind: 'malformed', detail });
