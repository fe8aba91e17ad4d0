import type { BrokerAddress } from '../../config/broker-address.js';

/** Options of a connection. */
export interface ConnectionOptions {
  readonly address: BrokerAddress;
  readonly clientId: string;
  /** Empty if the broker requires no login. */
  readonly username: string;
  /** The token: a secret. */
  readonly password: string;
  readonly protocolVersion: 4 | 5;
  readonly keepaliveS: number;
  /** How long the broker keeps the session while disconnected, s; 0: a new session for each connection. */
  readonly sessionExpiryS: number;
  readonly receiveMaximum: number;
  /** QoS of subscriptions; 1 by default. */
  readonly qos?: 0 | 1;
  /** What the broker publishes, retained and at QoS 1, if the connection ends without DISCONNECT (MQTT 5, 3.1.2.5). */
  readonly will?: { readonly topic: string; readonly payload: string };
  /** PEM certificate authority, instead of the system's. */
  readonly ca?: string;
  /** Client certificate and key, PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** False accepts any certificate of the broker. */
  readonly rejectUnauthorized?: boolean;
}
