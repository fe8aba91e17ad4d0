import type { BrokerAddress } from '../../config/broker-address.js';

/** What a connection needs. */
export interface ConnectionOptions {
  readonly address: BrokerAddress;
  readonly clientId: string;
  /** Empty where the broker asks for no login. */
  readonly username: string;
  /** The token: a secret. */
  readonly password: string;
  readonly protocolVersion: 4 | 5;
  readonly keepaliveS: number;
  /** How long the broker keeps the session without a connection; 0: each connection is a session of its own. */
  readonly sessionExpiryS: number;
  readonly receiveMaximum: number;
  /** What is subscribed with; 1 without it. */
  readonly qos?: 0 | 1;
  /** A certificate authority, PEM, instead of the system's. */
  readonly ca?: string;
  /** The client's own certificate and its key, PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** False: any certificate of the broker will do. */
  readonly rejectUnauthorized?: boolean;
}
