import { connectAsync, type IClientOptions } from 'mqtt';
import { serverClaims, signToken } from './token.js';

/** The broker's URL, and the server's token or the secret to make one from. */
export type ServerLogin = { readonly url: string } & (
  | { readonly token: string }
  | { readonly secret: string }
);

/** A command for a unit (docs/domain.md#message). */
export interface Envelope {
  /** The full message name, `<integration>-<message>`. */
  readonly function: string;
  readonly body?: string;
  /** How long the server waits for the unit's answer, ms. */
  readonly timeout?: number;
}

export interface PublishOptions {
  /** Default 1. */
  readonly qos?: 0 | 1 | 2;
  /** Default false. */
  readonly retain?: boolean;
}

export interface SimServer {
  /** Publishes the envelope as JSON to `s2u/<username>/<topicLevel>`, by default `…/command`. */
  send(
    username: string,
    envelope: Envelope,
    options?: PublishOptions & { readonly topicLevel?: string },
  ): Promise<void>;
  /**
   * Publishes any payload to any topic. Resolves after PUBACK; rejects if the connection is closed or closes
   * before that.
   */
  publish(topic: string, payload: string | Uint8Array, options?: PublishOptions): Promise<void>;
  /** Subscribes to a topic filter with QoS 0; resolves after SUBACK, rejects if the broker refuses. */
  follow(filter: string, onMessage: (payload: string) => void): Promise<void>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Lifetime of a token made from the secret, s. */
const tokenLifeS = 3600;

/**
 * The platform's server, connected to the broker over MQTT 3.1.1. It enforces none of the API's limits (a body of 512
 * characters, timeouts of 100 to 60,000 ms), so that specs can exceed them. It doesn't reconnect. Rejects with
 * MQTT.js's error if the broker can't be reached or refuses the login (`code` is then CONNACK's return code).
 */
export async function connectServer(login: ServerLogin): Promise<SimServer> {
  const exp = Math.floor(Date.now() / 1000) + tokenLifeS;
  const password = 'token' in login ? login.token : signToken(login.secret, serverClaims(exp));
  // Not the address as a text, which MQTT.js would parse with a function that Node.js 24 warns of.
  const { hostname: host, port } = new URL(login.url);
  const options: IClientOptions = {
    protocol: 'mqtt',
    host,
    port: Number(port),
    username: 'server',
    password,
    protocolVersion: 4,
    reconnectPeriod: 0,
  };
  const client = await connectAsync('', options, false);
  // After a malformed packet MQTT.js would neither continue nor close the connection.
  client.on('error', () => client.stream.destroy());
  // MQTT.js never calls back for a publish whose connection closed: it waits for the next connection.
  const waiting = new Set<(reason: Error) => void>();
  const ended = new Promise<void>((resolve) => {
    client.on('close', () => {
      for (const reject of waiting) reject(new Error('the connection ended before PUBACK'));
      resolve();
    });
  });
  const publish: SimServer['publish'] = async (topic, payload, { qos = 1, retain = false } = {}) => {
    // The broker would close the connection [MQTT-3.3.2-2].
    if (/[+#]/.test(topic)) throw new Error(`${topic} is a topic filter, not a topic`);
    if (!client.connected) throw new Error('not connected to the broker');
    await new Promise<void>((resolve, reject) => {
      waiting.add(reject);
      client.publish(topic, Buffer.from(payload), { qos, retain }, (error) => {
        waiting.delete(reject);
        if (error == null) resolve();
        else reject(error);
      });
    });
  };
  return {
    publish,
    ended,
    send: (username, envelope, { topicLevel = 'command', ...rest } = {}) =>
      publish(`s2u/${username}/${topicLevel}`, JSON.stringify(envelope), rest),
    follow: async (filter, onMessage) => {
      client.on('message', (_, payload) => onMessage(payload.toString()));
      const [granted] = await client.subscribeAsync(filter);
      if (granted === undefined || granted.qos > 2) throw new Error(`${filter} was refused`);
    },
    close: () => client.endAsync(true),
  };
}
