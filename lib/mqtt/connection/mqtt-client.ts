import { Duplex } from 'node:stream';
import {
  type IClientOptions,
  type IConnackPacket,
  MqttClient,
  ReasonCodes,
  UniqueMessageIdProvider,
} from 'mqtt';
import { maximumPacketSize } from '../packets/packet-reader.js';
import type { Granted } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';

/** What MQTT.js is told with, and tells. */
export interface ClientEvents {
  /** Bytes for the broker: those of one packet. */
  readonly write: (bytes: Buffer) => void;
  /** CONNACK accepted the connection. */
  readonly connected: (connack: IConnackPacket) => void;
  /** It refused the connection, with a code, or something is wrong: the line is to be closed. */
  readonly failed: (cause: Error) => void;
  /** Nothing more will be written. */
  readonly ended: () => void;
  /** It has given the line up. */
  readonly gone: () => void;
}

/** How long CONNACK may take, ms. */
const connackDeadlineMs = 30_000;

/**
 * The part of a connection that MQTT.js does: CONNECT, SUBSCRIBE, UNSUBSCRIBE and DISCONNECT, and what answers them. It sees
 * no other packet, so that it acknowledges nothing and can be surprised by nothing (docs/architecture.md#decision-3).
 */
export class Client {
  readonly #client: MqttClient;
  readonly #stream: Duplex;

  constructor(options: ConnectionOptions, { write, connected, failed, ended, gone }: ClientEvents) {
    const writeAll = (bytes: Buffer, done: () => void): void => {
      write(bytes);
      done();
    };
    this.#stream = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => writeAll(bytes, done),
      // A packet is written in pieces.
      writev: (pieces, done) => writeAll(Buffer.concat(pieces.map(({ chunk }) => chunk)), done),
      final: (done) => {
        ended();
        done();
      },
      destroy: (cause, done) => {
        // It says why only then.
        setImmediate(gone);
        done(cause);
      },
    });
    this.#client = new MqttClient(() => this.#stream, clientOptions(options));
    this.#client.on('connect', connected);
    this.#client.on('error', failed);
    this.#client.on('packetsend', ({ cmd }) => {
      if (cmd === 'puback' || cmd === 'pubrec' || cmd === 'pubcomp')
        failed(
          new Error('MQTT.js acknowledges by itself: lib/mqtt/connection/mqtt-client.ts no longer fits it'),
        );
    });
  }

  /** Writes CONNECT. */
  connect(): void {
    this.#client.connect();
  }

  /** Takes a whole packet that came. */
  take(packet: Buffer): void {
    this.#stream.push(packet);
  }

  /** Subscribes; `done` gets what is granted for each filter, or `failed` why there is no such answer. */
  subscribe(
    filters: readonly string[],
    qos: 0 | 1,
    done: (granted: readonly Granted[]) => void,
    failed: (cause: Error) => void,
  ): void {
    // Retain handling 1: a retained command runs once for a new subscription, not at each of ours (MQTT 5, 3.8.3.1).
    this.#client.subscribe([...filters], { qos, rh: 1 }, (failure, _subscriptions, suback) => {
      const codes = suback?.granted ?? [];
      if (codes.length === filters.length) done(filters.map((filter, at) => grantedOf(filter, codes[at])));
      else failed(failure ?? new Error('the broker sent SUBACK with a wrong number of codes'));
    });
  }

  /** Unsubscribes; `done` is called when the broker has answered. */
  unsubscribe(filters: readonly string[], done: () => void): void {
    this.#client.unsubscribe([...filters], (failure) => {
      if (failure == null) done();
    });
  }

  /** Writes DISCONNECT, and behind that nothing. */
  disconnect(): void {
    this.#client.end(false);
  }

  /** The line is gone. */
  close(): void {
    this.#stream.destroy();
  }
}

/** What a return code or reason code means, in the standard's words (MQTT 5, 2.4); undefined where it has none. */
export const reasonName = (code: number): string | undefined =>
  Object.entries(ReasonCodes).find(([known]) => Number(known) === code)?.[1];

/** Of a return code or reason code of SUBACK: the QoS, or a refusal (MQTT 5, 3.9.3). */
const grantedOf = (filter: string, code: unknown): Granted =>
  code === 0 || code === 1 || code === 2 ? { filter, qos: code } : { filter };

const clientOptions = (options: ConnectionOptions): IClientOptions => {
  const { username, password, protocolVersion, receiveMaximum, sessionExpiryS } = options;
  return {
    clientId: options.clientId,
    ...(username === '' ? {} : { username, password }),
    protocolVersion,
    keepalive: options.keepaliveS,
    connectTimeout: connackDeadlineMs,
    // No pings of its own: see pings.ts.
    timerVariant: { set: () => 0, clear: () => undefined },
    clean: sessionExpiryS === 0,
    resubscribe: false,
    // From 1, as RabbitMQ numbers its publishes on from SUBSCRIBE's packet id: see Pending, which knows it by 1, 2, 3, …
    messageIdProvider: new UniqueMessageIdProvider(),
    reconnectPeriod: 0,
    // Else it keeps a buffer of each of the 65,536 numbers: 7 MB, for the few packets that it writes.
    writeCache: false,
    manualConnect: true,
    ...(protocolVersion === 5
      ? { properties: { sessionExpiryInterval: sessionExpiryS, receiveMaximum, maximumPacketSize } }
      : {}),
  };
};
