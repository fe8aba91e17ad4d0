import * as E from 'fp-ts/lib/Either.js';
import type { IConnackPacket } from 'mqtt';
import type { BrokerPacket, Malformed } from '../packets/packet.js';
import { publishPacket } from '../packets/write-publish.js';
import { openTransport } from '../transport/open-transport.js';
import { keepaliveOn, type Transport } from '../transport/transport.js';
import { AckWriter } from './ack-writer.js';
import { closeReasonOf, type Ending } from './close-reason.js';
import { connackOf } from './connack.js';
import type { Connection, ConnectionEvents } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';
import { incomingOf } from './incoming.js';
import { Client } from './mqtt-client.js';
import { Pings, pingTimes } from './pings.js';
import { Reading } from './reading.js';

/** PINGREQ; the same bytes in MQTT 3.1.1 and 5 (MQTT 5, 3.12). */
const pingreq = Buffer.of(0xc0, 0);

/** Time for the transport to connect, TLS and WebSocket included, ms. */
const upDeadlineMs = 60_000;

/** Time for the broker to close after a DISCONNECT, ms. */
const endDeadlineMs = 1_000;

/**
 * Connects to the broker once. Each connection has its own MQTT.js client, so no state of MQTT.js carries over. Packets
 * are read here: MQTT.js gets only the responses to packets that it wrote, and only {@link Connection.acknowledge}
 * acknowledges. Never throws on received bytes: whatever breaks the protocol closes the connection with a reason.
 */
export const openConnection = (options: ConnectionOptions, events: ConnectionEvents): Connection => {
  let transport: Transport | undefined;
  let open = true;
  /** What would be known of the connection if it ended now. */
  let ending: Ending = { answered: false, up: false, error: undefined, serverReason: undefined };

  const write = (bytes: Buffer): void => {
    transport?.write(bytes);
    pings.wrote();
  };
  const acks = new AckWriter(write);

  const shut = (): void => {
    open = false;
    clearTimeout(deadline);
    reading.stop();
    acks.close();
    pings.stop();
  };
  const close = (error?: Error, serverReason?: number): void => {
    ending = { ...ending, error: ending.error ?? error, serverReason: ending.serverReason ?? serverReason };
    shut();
    transport?.destroy();
  };
  let deadline = setTimeout(() => close(new Error('the connection was not up in time')), upDeadlineMs);

  const pings = new Pings({
    send: () => {
      acks.flush();
      transport?.write(pingreq);
    },
    overdue: () => events.happened({ kind: 'ping-overdue' }),
    dead: () => close(new Error('Keepalive timeout')),
  });

  const connected = (packet: IConnackPacket): void => {
    if (!open) return;
    ending = { ...ending, answered: true };
    const serverS = packet.properties?.serverKeepAlive || Number.POSITIVE_INFINITY;
    const agreedMs = Math.min(options.keepaliveS, serverS) * 1_000;
    pings.start(pingTimes(keepaliveOn(options.address, agreedMs)));
    events.happened({ kind: 'connected', connack: connackOf(packet) });
    reading.resume();
  };
  const client = new Client(options, { write, connected, ended: () => transport?.end(), gone: close });

  const handle = (packet: BrokerPacket | Malformed): void => {
    switch (packet.kind) {
      case 'publish':
        if (packet.qos !== 0) acks.received();
        // Others come from a broker that does not hear the daemon, too: of these it sends only so many.
        if (packet.qos !== 0 && !packet.dup) pings.stillComing();
        if (!events.publish(incomingOf(packet), packet.properties)) reading.hold();
        break;
      case 'connack':
        // No packet is read before MQTT.js has processed it.
        reading.hold();
        client.take(packet.bytes);
        break;
      case 'suback':
      case 'unsuback':
        client.take(packet.bytes);
        break;
      case 'pubrel':
        acks.complete(packet.packetId);
        events.happened({ kind: 'released', packetId: packet.packetId });
        break;
      case 'puback':
        events.happened({ kind: 'published', packetId: packet.packetId, code: packet.code });
        break;
      case 'pingresp':
        pings.answered();
        break;
      case 'disconnect':
        close(undefined, packet.code);
        break;
      case 'malformed':
        close(new Error(`the broker sent ${packet.detail}`));
        break;
    }
  };
  const reading = new Reading(options.protocolVersion, {
    packet: handle,
    flow: (flows) => (flows ? transport?.resume() : transport?.pause()),
    stillComing: () => pings.stillComing(),
  });

  const opened = E.tryCatch(
    () =>
      openTransport(options, {
        up: () => {
          if (!open) return;
          ending = { ...ending, up: true };
          clearTimeout(deadline);
          client.connect();
        },
        data: (bytes) => reading.data(bytes),
        closed: (cause) => {
          shut();
          client.close();
          const reason = closeReasonOf({ ...ending, error: ending.error ?? cause });
          events.happened({ kind: 'closed', reason });
        },
      }),
    E.toError,
  );
  if (E.isRight(opened)) transport = opened.right;
  else {
    shut();
    const reason = { kind: 'unreachable', detail: opened.left.message } as const;
    setImmediate(() => events.happened({ kind: 'closed', reason }));
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
      if (open && ending.answered) write(publishPacket(message, packetId, dup, options.protocolVersion));
    },
    resume: () => {
      if (ending.answered) reading.resume();
    },
    end: () => {
      if (!open) return;
      ending = { ...ending, up: false };
      acks.flush();
      shut();
      if (ending.answered) {
        client.disconnect();
        transport?.resume();
        deadline = setTimeout(() => transport?.destroy(), endDeadlineMs);
      } else transport?.destroy();
    },
  };
};
