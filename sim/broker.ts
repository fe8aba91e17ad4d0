import type { Socket } from 'node:net';
import { Aedes, type AedesOptions, type Client } from 'aedes';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { listen } from './listener.js';
import { checkLogin } from './login.js';
import type { Claims } from './token.js';
import { covers, matches } from './topic-filter.js';

export interface BrokerOptions {
  /** The secret with which tokens must be signed. */
  readonly secret: string;
  /** 0, the default: a free one. */
  readonly port?: number;
  /** The time in ms since 1970 against which tokens are checked. */
  readonly now?: () => number;
  readonly events?: BrokerEvents;
  /** Called when an HTTP/2 client, such as one of gRPC, has connected; its connection is ended. */
  readonly onHttp2?: () => void;
}

/** Events that a spec can wait for. */
export interface BrokerEvents {
  /** CONNACK and the queued messages of the session were written. */
  readonly connected?: (clientId: string) => void;
  readonly disconnected?: (clientId: string) => void;
  /** SUBACK was written; `filters` includes the refused ones. */
  readonly subscribed?: (clientId: string, filters: readonly string[]) => void;
  /** A PUBACK was read; aedes knows the topic only in persistent sessions. */
  readonly acknowledged?: (clientId: string, topic: string | undefined) => void;
}

export interface SimBroker {
  readonly port: number;
  /** `mqtt://127.0.0.1:<port>` */
  readonly url: string;
  /** Destroys a client's connection; false if there is no such client. */
  disconnect(clientId: string): boolean;
  /** Starts an outage: closes the port and cuts every connection; sessions and their queues stay. */
  suspend(): Promise<void>;
  /** Ends the outage, on the same port. */
  resume(): Promise<void>;
  /** Publishes with QoS 0, as the broker itself. */
  publish(topic: string, payload: string, retain: boolean): void;
  /** Ends all connections at once and leaves no timer or handle. */
  close(): Promise<void>;
}

/**
 * An MQTT 3.1.1 broker on 127.0.0.1 with the platform's rules (docs/domain.md#broker): the password is a token, its
 * `acl` claim says what may be subscribed to (else 128 in SUBACK) and published (else the connection ends, 3.3.5). A token
 * is checked at login only. Rejects with Node's error (`EADDRINUSE`) when it can't listen.
 *
 * What aedes 1.2.0 does, measured (the third: read in its handlers/publish.js):
 * - An MQTT 5 CONNECT gets the 3.1.1 CONNACK `20 02 00 01` (unacceptable protocol version) and the end of the connection;
 *   MQTT.js as an MQTT 5 client emits an error with code 1.
 * - The queue of a persistent session is unbounded, and all of it is written at once: there is no in-flight limit.
 *   `queueLimit` (42) limits something else: packets that arrive before CONNACK is sent.
 * - PUBACK leaves *before* the message is stored, so one acknowledged in the very tick of a crash would be lost.
 * - What is sent again after a reconnect keeps its packet id, but has no DUP flag, against [MQTT-3.3.1-1].
 */
export async function startBroker({
  secret,
  port = 0,
  now = Date.now,
  events,
  onHttp2,
}: BrokerOptions): Promise<SimBroker> {
  const listener = await listen(port);
  const aedes = new Aedes(accessRules(secret, now));
  const connections = new Map<string, Client>();
  aedes.on('client', (client) => connections.set(client.id, client));
  aedes.on('clientDisconnect', (client) => connections.delete(client.id));
  if (events !== undefined) report(aedes, events);
  await aedes.listen();
  const handle = (socket: Socket): void => void aedes.handle(socket);
  listener.accept((socket) => {
    if (onHttp2 === undefined) handle(socket);
    else withoutHttp2(socket, onHttp2, handle);
  });
  return {
    port: listener.port,
    url: `mqtt://127.0.0.1:${listener.port}`,
    disconnect: (clientId) => connections.get(clientId)?.conn.destroy() !== undefined,
    suspend: listener.suspend,
    resume: listener.resume,
    publish: (topic, payload, retain) =>
      aedes.publish(
        { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain, dup: false },
        () => undefined,
      ),
    close: async () => {
      await listener.suspend();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

/** The first bytes of an HTTP/2 client (RFC 9113, 3.4). To a broker they begin a PUBREC of 82 bytes, so it waits for more. */
const http2Start = 'PRI * HTTP/2.0';

/** Passes a connection on with its first bytes, or ends it if they are those of HTTP/2: its client would wait in vain. */
function withoutHttp2(socket: Socket, onHttp2: () => void, pass: (socket: Socket) => void): void {
  socket.once('readable', () => {
    const first: unknown = socket.read();
    if (Buffer.isBuffer(first) && first.toString('latin1').startsWith(http2Start)) {
      socket.destroy();
      onHttp2();
      return;
    }
    if (Buffer.isBuffer(first)) socket.unshift(first);
    pass(socket);
  });
}

/** Login and access rules from the token. */
function accessRules(secret: string, now: () => number): AedesOptions {
  const claimsOf = new WeakMap<Client, Claims>();
  const may = (verb: 'sub' | 'pub', client: Client | null, allows: (filter: string) => boolean): boolean =>
    client !== null && (claimsOf.get(client)?.acl[verb] ?? []).some(allows);
  return {
    // Unbounded: by default, a client that stops reading blocks all messages until aedes drops it after 60 s.
    concurrency: 0,
    authenticate: (client, username, password, done) => {
      const login = checkLogin(secret, now(), username, password?.toString());
      if (E.isLeft(login)) {
        const { message, returnCode } = login.left;
        done(Object.assign(new Error(message), { returnCode }), false);
        return;
      }
      claimsOf.set(client, login.right);
      done(null, true);
    },
    authorizeSubscribe: (client, subscription, done) => {
      const granted = may('sub', client, (filter) => covers(filter, subscription.topic));
      done(null, granted ? subscription : null);
    },
    authorizePublish: (client, { topic }, done) => {
      const granted = may('pub', client, (filter) => matches(filter, topic));
      done(granted ? null : new Error(`not allowed to publish to ${topic}`));
    },
    // aedes stores every filter of a SUBSCRIBE for a persistent session as soon as one of them is granted, and queues
    // for all of them; and a session may come back with a token that allows less.
    authorizeForward: (client, packet) =>
      may('sub', client, (filter) => matches(filter, packet.topic)) ? packet : null,
  };
}

const Stored = t.type({ topic: t.string });

function report(aedes: Aedes, events: BrokerEvents): void {
  aedes.on('clientReady', ({ id }) => events.connected?.(id));
  aedes.on('clientDisconnect', ({ id }) => events.disconnected?.(id));
  aedes.on('subscribe', (subscriptions, { id }) =>
    events.subscribed?.(
      id,
      subscriptions.map(({ topic }) => topic),
    ),
  );
  // Not `on`: its type promises a packet, but in a clean session there is none.
  aedes.addListener('ack', (packet: unknown, { id }: Client) => {
    events.acknowledged?.(id, Stored.is(packet) ? packet.topic : undefined);
  });
}
