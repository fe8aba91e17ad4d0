import type { IClientOptions } from 'mqtt';
import type { BrokerAddress } from '../config/broker-address.js';

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

/** Larger packets are refused: a command has a body of 512 characters (domain.md, "The message"). */
const maximumPacketSize = 1_048_576;

/** The options of MQTT.js for one connection that is made when it is told to, and not made again. */
export const clientOptions = ({
  address,
  sessionExpiryS,
  keepaliveS,
  ...options
}: ConnectionOptions): IClientOptions => {
  const { username, password, protocolVersion, receiveMaximum } = options;
  return {
    ...address,
    clientId: options.clientId,
    ...(username === '' ? {} : { username, password }),
    protocolVersion,
    keepalive: keepaliveS,
    // No pings of its own: see pings.ts.
    timerVariant: { set: () => 0, clear: () => undefined },
    clean: sessionExpiryS === 0,
    resubscribe: false,
    reconnectPeriod: 0,
    // Else it keeps a buffer of each of the 65,536 numbers: 7 MB, for the few packets that it writes.
    writeCache: false,
    // Handlers first: the session's backlog follows CONNACK at once.
    manualConnect: true,
    ...tlsOptions(options),
    ...(protocolVersion === 5
      ? { properties: { sessionExpiryInterval: sessionExpiryS, receiveMaximum, maximumPacketSize } }
      : {}),
  };
};

const tlsOptions = ({ ca, cert, key, rejectUnauthorized }: Partial<ConnectionOptions>): IClientOptions => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
  ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
});
