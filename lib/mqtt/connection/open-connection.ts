import * as E from 'fp-ts/lib/Either.js';
import type { IConnackPacket } from 'mqtt';
import type { BrokerPacket } from '../packets/packet.js';
import { PacketReader } from '../packets/packet-reader.js';
import { openTransport } from '../transport/open-transport.js';
import { keepaliveOn, type Transport } from '../transport/transport.js';
import { AckWriter } from './ack-writer.js';
import { closeReasonOf } from './close-reason.js';
import type { Connection, ConnectionEvents } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';
import { incomingOf } from './incoming.js';
import { Client } from './mqtt-client.js';
import { Pings, pingTimes } from './pings.js';

/** The same in MQTT 3.1.1 and 5 (MQTT 5, 3.12). */
const pingreq = Buffer.of(0xc0, 0);

/** How long the transport has to be up, TLS and WebSocket included, ms. */
const upDeadlineMs = 60_000;

/** How long the broker has to take a DISCONNECT, ms. */
const endDeadlineMs = 1_000;

/** Bytes of a packet that is still coming are a sign of life, as many as this: no answer can be in front of its end. */
const signOfLifeBytes = 4_096;

/**
 * Connects to the broker once, with a client of its own: nothing that MQTT.js keeps can pass from one connection to the
 * next. What comes is read here: MQTT.js gets the answers to what it wrote, and publishes are acknowledged by
 * {@link Connection.acknowledge} and nothing else. Whatever bytes come, nothing is thrown: what no broker may send closes the
 * transport with a reason.
 */
export const openConnection = (options: ConnectionOptions, events: ConnectionEvents): Connection => {
  const reader = new PacketReader(options.protocolVersion);
  let transport: Transport | undefined;
  let pings: Pings | undefined;
  let error: Error | undefined;
  let serverReason: number | undefined;
  let open = true;
  let up = false;
  let answered = false;
  let endedByUs = false;
  /** Packets wait: `publish` said that there is no room, or MQTT.js has CONNACK and has not said what it thinks of it. */
  let held = false;
  let reading = false;
  let comingBytes = 0;

  const write = (bytes: Buffer): void => {
    transport?.write(bytes);
    pings?.wrote();
  };
  const acks = new AckWriter(write);

  const shut = (): void => {
    open = false;
    clearTimeout(deadline);
    acks.close();
    pings?.stop();
  };
  const close = (cause?: Error): void => {
    error ??= cause;
    shut();
    transport?.destroy();
  };
  let deadline = setTimeout(() => close(new Error('the connection was not up in time')), upDeadlineMs);

  const connected = ({ sessionPresent, properties }: IConnackPacket): void => {
    if (!open) return;
    answered = true;
    const agreedS = Math.min(options.keepaliveS, properties?.serverKeepAlive || Number.POSITIVE_INFINITY);
    pings = new Pings(pingTimes(keepaliveOn(options.address, agreedS * 1_000)), {
      send: () => {
        acks.flush();
        transport?.write(pingreq);
      },
      overdue: events.pingOverdue,
      dead: () => close(new Error('Keepalive timeout')),
    });
    const sessionExpiryS = properties?.sessionExpiryInterval;
    events.connected({ sessionPresent, ...(sessionExpiryS === undefined ? {} : { sessionExpiryS }) });
    resume();
  };
  const client = new Client(options, {
    write,
    connected,
    failed: close,
    ended: () => transport?.end(),
    gone: () => close(),
  });

  const handle = (packet: BrokerPacket): void => {
    switch (packet.kind) {
      case 'publish':
        if (packet.qos !== 0) acks.received();
        held = !events.publish(incomingOf(packet), packet.properties);
        break;
      case 'connack':
        held = true;
        client.take(packet.bytes);
        break;
      case 'suback':
      case 'unsuback':
        client.take(packet.bytes);
        break;
      case 'pubrel':
        acks.complete(packet.packetId);
        events.released(packet.packetId);
        break;
      case 'pingresp':
        pings?.answered();
        break;
      case 'disconnect':
        serverReason = packet.code;
        close();
        break;
    }
  };

  const read = (): void => {
    if (reading) return;
    reading = true;
    for (let packet = nextOne(); packet !== undefined; packet = nextOne()) {
      if (packet.kind === 'malformed') close(new Error(`the broker sent ${packet.detail}`));
      else handle(packet);
    }
    reading = false;
    if (held && open) transport?.pause();
  };
  const nextOne = () => (open && !held ? reader.next() : undefined);

  const data = (bytes: Buffer): void => {
    if (!open) return;
    const { begun } = reader;
    const wasHeld = held;
    reader.push(wasHeld ? Buffer.from(bytes) : bytes);
    read();
    if (held && !wasHeld) reader.keep();
    comingBytes = reader.isInside && reader.begun === begun ? comingBytes + bytes.length : 0;
    if (comingBytes < signOfLifeBytes) return;
    comingBytes = 0;
    pings?.stillComing();
  };

  const resume = (): void => {
    if (!held) return;
    held = false;
    // Not within the call that made the room: what comes next is told by itself.
    process.nextTick(() => {
      read();
      if (!held) transport?.resume();
    });
  };

  const opened = E.tryCatch(
    () =>
      openTransport(options, {
        up: () => {
          if (!open) return;
          up = true;
          clearTimeout(deadline);
          client.connect();
        },
        data,
        closed: (cause) => {
          shut();
          client.close();
          error ??= cause;
          events.closed(closeReasonOf({ answered, up: up && !endedByUs, error, serverReason }));
        },
      }),
    E.toError,
  );
  if (E.isRight(opened)) transport = opened.right;
  else {
    shut();
    setImmediate(() => events.closed({ kind: 'unreachable', detail: opened.left.message }));
  }

  return {
    subscribe: (filters, done) => {
      if (open) client.subscribe(filters, options.qos ?? 1, done, close);
    },
    unsubscribe: (filters, done) => {
      if (open) client.unsubscribe(filters, done);
    },
    acknowledge: (acknowledged) => acks.acknowledge(acknowledged),
    resume: () => {
      if (answered) resume();
    },
    end: () => {
      if (!open) return;
      endedByUs = true;
      acks.flush();
      shut();
      if (answered) {
        client.disconnect();
        transport?.resume();
        deadline = setTimeout(() => transport?.destroy(), endDeadlineMs);
      } else transport?.destroy();
    },
  };
};
