import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import { payloadOf } from '../message/payload.js';
import type { Publish, QoS } from '../message/publish.js';
import { type Acknowledgement, AckWriter } from './ack-writer.js';
import { type CloseReason, closeReasonOf } from './close-reason.js';
import { type ConnectionOptions, clientOptions } from './connection-options.js';
import { keepaliveOn, setUpLine } from './line.js';
import { Pings, pingTimes } from './pings.js';

/** The MQTT 5 properties of a publish, as MQTT.js has them. */
export type WireProperties = NonNullable<IPublishPacket['properties']>;

/** A publish as it is on the wire: the session gives it a sequence number. */
export interface Incoming extends Omit<Publish, 'seq'> {
  /** Absent for QoS 0, which is not acknowledged. */
  readonly packetId?: number | undefined;
}

/** What CONNACK said. */
export interface Connack {
  readonly sessionPresent: boolean;
  /** MQTT 5: how long the broker keeps the session, s, where it says so (3.2.2.3.2). */
  readonly sessionExpiryS?: number;
}

/** What the broker granted for a topic filter. */
export interface Granted {
  readonly filter: string;
  /** Absent: refused. */
  readonly qos?: QoS;
}

/** What a connection tells. */
export interface ConnectionEvents {
  readonly connected: (connack: Connack) => void;
  /** In order of receipt. True when there is room for more, see {@link Connection.resume}. */
  readonly publish: (publish: Incoming, properties?: WireProperties) => boolean;
  /** PUBREL came: the broker has read PUBREC. The connection answers with PUBCOMP itself [MQTT-4.3.3-12]. */
  readonly released: (packetId: number) => void;
  /** A ping has not been answered for an eighth of the keepalive: after a quarter of it the line is given up. */
  readonly pingOverdue: () => void;
  /** The last event, once. */
  readonly closed: (reason: CloseReason) => void;
}

/** One connection to the broker, from its CONNECT to its end. */
export interface Connection {
  /** Subscribes; `done` gets what was granted for each filter, in this order, unless the connection ends first. */
  subscribe(filters: readonly string[], done: (granted: readonly Granted[]) => void): void;
  /** Unsubscribes; `done` is called when the broker has answered, unless the connection ends first. */
  unsubscribe(filters: readonly string[], done: () => void): void;
  /** Acknowledges publishes of this connection, in this order: under load, those of a few milliseconds in one write. */
  acknowledge(acks: readonly Acknowledgement[]): void;
  /** Takes packets again after `publish` said that there is no room. */
  resume(): void;
  /** Ends it: with DISCONNECT, so that the broker knows that it is no failure, where it still listens. */
  end(): void;
}

/** The same in MQTT 3.1.1 and 5 (MQTT 5, 3.12). */
const pingreq = Buffer.of(0xc0, 0);

/** How long the broker has to take a DISCONNECT, ms. */
const endDeadlineMs = 1_000;

/**
 * Connects to the broker once, with a client of its own: nothing that MQTT.js keeps can pass from one connection to the
 * next. Publishes are acknowledged by {@link Connection.acknowledge} and nothing else: MQTT.js has no option for that, so
 * the QoS of each publish is noted and hidden from it, and PUBACK is written here (design.md, decision 3).
 */
export const openConnection = (options: ConnectionOptions, events: ConnectionEvents): Connection => {
  const client = connect(clientOptions(options));
  const acks = new AckWriter((packets) => {
    client.stream.write(packets);
    pings?.wrote();
  });
  let error: Error | undefined;
  let serverReason: number | undefined;
  let answered = false;
  let up = false;
  let ended = false;
  let wireQos: QoS = 0;
  let wirePacketId: number | undefined;
  let full = false;
  let takeNext: (() => void) | undefined;
  let open = true;
  let ending: NodeJS.Timeout | undefined;
  let pings: Pings | undefined;

  const resume = (): void => {
    full = false;
    const next = takeNext;
    takeNext = undefined;
    next?.();
  };

  const shut = (): void => {
    open = false;
    acks.close();
    pings?.stop();
  };

  const fail = (cause: Error): void => {
    error ??= cause;
    shut();
    client.stream?.destroy();
  };

  const startPings = (keepaliveMs: number): Pings =>
    new Pings(pingTimes(keepaliveOn(client.stream, keepaliveMs)), {
      send: () => {
        acks.flush();
        client.stream.write(pingreq);
      },
      overdue: events.pingOverdue,
      dead: () => fail(new Error('Keepalive timeout')),
    });

  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'pingresp') pings?.answered();
    if (packet.cmd === 'pubrel' && packet.messageId !== undefined) events.released(packet.messageId);
    if (packet.cmd !== 'publish') return;
    wireQos = packet.qos;
    wirePacketId = packet.messageId;
    if (packet.qos === 0) return;
    acks.received();
    packet.qos = 0;
  });
  client.on('message', (topic, payload, { retain, dup, properties }) => {
    if (!open) return;
    const expiryS = properties?.messageExpiryInterval;
    // Field by field: this is run for every message, and spreading is slow.
    const incoming = {
      packetId: wirePacketId,
      topic,
      payload: payloadOf(payload),
      qos: wireQos,
      retain,
      dup,
      receivedAt: Date.now(),
    };
    const expires = expiryS === undefined ? incoming : { ...incoming, expiresInMs: expiryS * 1000 };
    full = !events.publish(expires, properties);
  });
  // MQTT.js takes one packet at a time: the next one when this calls back.
  client.handleMessage = (_packet, done) => {
    if (full) takeNext = done;
    else done();
  };
  client.on('packetsend', ({ cmd }) => {
    if (cmd === 'subscribe' || cmd === 'unsubscribe') pings?.wrote();
    if (cmd !== 'puback') return;
    shut();
    client.stream.destroy();
    throw new Error(
      'MQTT.js acknowledges by itself: it has changed, and lib/broker/connection.ts no longer fits it',
    );
  });
  client.on('connect', ({ sessionPresent, properties }) => {
    if (!open) return;
    answered = true;
    const keepaliveS = Math.min(options.keepaliveS, properties?.serverKeepAlive || Number.POSITIVE_INFINITY);
    pings = startPings(keepaliveS * 1_000);
    const sessionExpiryS = properties?.sessionExpiryInterval;
    events.connected({ sessionPresent, ...(sessionExpiryS === undefined ? {} : { sessionExpiryS }) });
  });
  client.on('disconnect', ({ reasonCode }) => {
    serverReason = reasonCode;
  });
  // Of a malformed packet MQTT.js only tells; what follows it can't be trusted.
  client.on('error', fail);
  client.once('close', () => {
    shut();
    clearTimeout(ending);
    events.closed(closeReasonOf({ answered, up: up && !ended, error, serverReason }));
  });
  start(client, events, fail);
  for (const event of ['connect', 'secureConnect'])
    client.stream?.once(event, () => {
      up = options.address.protocol === 'mqtt' || event === 'secureConnect';
    });

  return {
    subscribe: (filters, done) =>
      subscribe(client, filters, options.qos ?? 1, (granted) => {
        if (open) done(granted);
      }),
    unsubscribe: (filters, done) => {
      client.unsubscribe([...filters], (failure) => {
        if (open && failure == null) done();
      });
    },
    acknowledge: (acknowledged) => acks.acknowledge(acknowledged),
    resume,
    end: () => {
      if (!open) return;
      ended = true;
      acks.flush();
      shut();
      resume();
      if (answered) client.end(false);
      ending = setTimeout(() => client.stream?.destroy(), answered ? endDeadlineMs : 0);
    },
  };
};

const start = (client: MqttClient, events: ConnectionEvents, fail: (cause: Error) => void): void => {
  try {
    client.connect();
    setUpLine(client.stream);
    // MQTT.js keeps those without a code to itself, such as what a web server said that is no broker.
    client.stream.on('error', fail);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'unknown error';
    setImmediate(() => events.closed({ kind: 'unreachable', detail }));
  }
};

const subscribe = (
  client: MqttClient,
  filters: readonly string[],
  qos: 0 | 1,
  done: (granted: readonly Granted[]) => void,
): void => {
  // Retain handling 1: a retained command runs once for a new subscription, not at each of ours (MQTT 5, 3.8.3.1).
  client.subscribe([...filters], { qos, rh: 1 }, (_failure, _subscriptions, suback) => {
    done(filters.map((filter, at) => grantedOf(filter, suback?.granted[at])));
  });
};

/** Of a return code or reason code of SUBACK: the QoS, or from 0x80 on a refusal [MQTT-3.9.3-2]. */
const grantedOf = (filter: string, code: unknown): Granted =>
  code === 0 || code === 1 || code === 2 ? { filter, qos: code } : { filter };
