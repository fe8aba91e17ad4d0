import * as E from 'fp-ts/lib/Either.js';
import type { IConnackPacket } from 'mqtt';
import type { BrokerPacket } from '../packets/packet.js';
import { PacketReader } from '../packets/packet-reader.js';
import { publishPacket } from '../packets/write-publish.js';
import { openTransport } from '../transport/open-transport.js';
import { keepaliveOn, type Transport } from '../transport/transport.js';
import { AckWriter } from './ack-writer.js';
import { closeReasonOf } from './close-reason.js';
import type { Connection, ConnectionEvents } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';
import { incomingOf } from './incoming.js';
import { limitsOf } from './limits.js';
import { Client } from './mqtt-client.js';
import { Pings, pingTimes } from './pings.js';

/** PINGREQ; the same bytes in MQTT 3.1.1 and 5 (MQTT 5, 3.12). */
const pingreq = Buffer.of(0xc0, 0);

/** Time for the transport to connect, TLS and WebSocket included, ms. */
const upDeadlineMs = 60_000;

/** Time for the broker to close after a DISCONNECT, ms. */
const endDeadlineMs = 1_000;

/** This many bytes of a large packet count as a sign of life: a PINGRESP can only follow its end. */
const signOfLifeBytes = 4_096;

/**
 * Connects to the broker once. Each connection has its own MQTT.js client, so no state of MQTT.js carries over. Packets
 * are read here: MQTT.js gets only the responses to packets that it wrote, and only {@link Connection.acknowledge}
 * acknowledges. Never throws on received bytes: whatever breaks the protocol closes the connection with a reason.
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
  /** Reading is paused: `publish` reported no room, or MQTT.js has not processed CONNACK yet. */
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
    const limits = limitsOf(properties);
    events.connected({
      sessionPresent,
      ...(sessionExpiryS === undefined ? {} : { sessionExpiryS }),
      ...(properties?.sharedSubscriptionAvailable === false ? { hasNoSharing: true } : {}),
      ...(limits === undefined ? {} : { limits }),
    });
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
      case 'puback':
        events.published?.(packet.packetId, packet.code);
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
    // Deferred, so that the caller of `resume` isn't re-entered by the next publish.
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
    publish: (message, packetId, dup) => {
      if (open && answered) write(publishPacket(message, packetId, dup, options.protocolVersion));
    },
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
