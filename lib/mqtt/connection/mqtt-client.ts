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

/** Callbacks of {@link Client}. */
export interface ClientEvents {
  /** Writes one packet to the broker. */
  readonly write: (bytes: Buffer) => void;
  /** CONNACK accepted the connection. */
  readonly connected: (connack: IConnackPacket) => void;
  /** Nothing more will be written. */
  readonly ended: () => void;
  /** MQTT.js has given the connection up, or the broker refused it, with a code, or broke the protocol. */
  readonly gone: (cause?: Error) => void;
}

/** Time limit for CONNACK, ms. */
const connackDeadlineMs = 30_000;

/**
 * MQTT.js for CONNECT, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT and their responses. It sees no other packet, so it
 * acknowledges nothing (docs/architecture.md#decision-3).
 */
export class Client {
  readonly #client: MqttClient;
  readonly #stream: Duplex;

  constructor(options: ConnectionOptions, { write, connected, ended, gone }: ClientEvents) {
    const writeAll = (bytes: Buffer, done: () => void): void => {
      write(bytes);
      done();
    };
    this.#stream = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => writeAll(bytes, done),
      // MQTT.js writes a packet in pieces.
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
    this.#client.on('error', gone);
    this.#client.on('packetsend', ({ cmd }) => {
      if (cmd === 'puback' || cmd === 'pubrec' || cmd === 'pubcomp')
        gone(
          new Error('MQTT.js acknowledges by itself: lib/mqtt/connection/mqtt-client.ts no longer fits it'),
        );
    });
  }

  /** Writes CONNECT. */
  connect(): void {
    this.#client.connect();
  }

  /** Takes a complete received packet. */
  take(packet: Buffer): void {
    this.#stream.push(packet);
  }

  /** Subscribes; `done` gets the result for each filter, `failed` the error if the response is invalid. */
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

  /** Writes DISCONNECT, and nothing after it. */
  disconnect(): void {
    this.#client.end(false);
  }

  /** The transport is closed. */
  close(): void {
    this.#stream.destroy();
  }
}

/** Meaning of a return or reason code in the words of the standard (MQTT 5, 2.4); undefined if unknown. */
export const reasonName = (code: number): string | undefined =>
  Object.entries(ReasonCodes).find(([known]) => Number(known) === code)?.[1];

/** The QoS granted by a return or reason code of SUBACK, or a refusal (MQTT 5, 3.9.3). */
const grantedOf = (filter: string, code: unknown): Granted =>
  code === 0 || code === 1 || code === 2 ? { filter, qos: code } : { filter };

const clientOptions = (options: ConnectionOptions): IClientOptions => {
  const { username, password, protocolVersion, receiveMaximum, sessionExpiryS, will } = options;
  return {
    clientId: options.clientId,
    ...(username === '' ? {} : { username, password }),
    ...(will === undefined
      ? {}
      : { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
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
