import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { SimBroker } from '../../../sim/broker.js';
import { type Claims, signToken, unitClaims } from '../../../sim/token.js';
import { type Inbox, inbox } from './inbox.js';

export const secret = 'the secret of the specs';

/** Far enough in the future, in seconds. */
export const later = 4_000_000_000;

export interface Unit {
  readonly client: MqttClient;
  readonly messages: Inbox<{ readonly topic: string; readonly payload: string }>;
  /** Resolves with CONNACK's session present flag; rejects if the login is refused. */
  readonly connected: Promise<boolean>;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  /** Subscribes at QoS 1; resolves with the codes of SUBACK. */
  subscribe(...filters: string[]): Promise<readonly number[]>;
}

/** An MQTT.js client that doesn't reconnect, by default with a good login as `username`. */
export function unit(
  broker: SimBroker,
  username: string,
  options: IClientOptions & { claims?: Claims } = {},
): Unit {
  const { claims = unitClaims(username, later), ...rest } = options;
  const client = connect(broker.url, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    username,
    password: signToken(secret, claims),
    ...rest,
  });
  const messages = inbox<{ topic: string; payload: string }>();
  client.on('message', (topic, payload) => messages.put({ topic, payload: payload.toString() }));
  const connected = new Promise<boolean>((resolve, reject) => {
    client.on('connect', ({ sessionPresent }) => resolve(sessionPresent));
    client.on('error', reject);
  });
  // Not every spec awaits it.
  connected.catch(() => undefined);
  return {
    client,
    messages,
    connected,
    closed: new Promise((resolve) => client.once('close', resolve)),
    subscribe: (...filters) =>
      new Promise((resolve) => {
        client.on('packetreceive', (packet) => {
          if (packet.cmd === 'suback') resolve(packet.granted.map(Number));
        });
        // A refused filter is an error for MQTT.js; SUBACK is what counts here.
        client.subscribe(filters, { qos: 1 }, () => undefined);
      }),
  };
}

/** Ends without DISCONNECT, like a lost connection. */
export async function cut({ client, closed }: Unit): Promise<void> {
  client.stream.destroy();
  await closed;
}
