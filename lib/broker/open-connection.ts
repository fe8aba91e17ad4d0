import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { AckWriter } from './ack-writer.js';
import { closeReasonOf } from './close-reason.js';
import type { Connection, ConnectionEvents } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';
import { incomingOf } from './incoming.js';
import { keepaliveOn, type Line, openLine } from './line.js';
import type { BrokerPacket } from './packet.js';
import { PacketReader } from './packet-reader.js';
import { Pings, pingTimes } from './pings.js';
import { grantedOf, Requests } from './requests.js';
import { connect, disconnect, pingreq, subscribe, unsubscribe } from './write-packet.js';

/** How long the line has to be up, TLS and WebSocket included, and then CONNACK to come, ms. */
const upDeadlineMs = 60_000;
const connackDeadlineMs = 30_000;

/** How long the broker has to take a DISCONNECT, ms. */
const endDeadlineMs = 1_000;

/** Bytes of a packet that is still coming are a sign of life, as many as this: no answer can be in front of its end. */
const signOfLifeBytes = 4_096;

/**
 * Connects to the broker once. Publishes are acknowledged by {@link Connection.acknowledge} and nothing else. Whatever
 * bytes come, nothing is thrown: what no broker may send closes the line with a reason.
 */
export const openConnection = (options: ConnectionOptions, events: ConnectionEvents): Connection => {
  const { protocolVersion: version } = options;
  const reader = new PacketReader(version);
  const requests = new Requests();
  let line: Line | undefined;
  let pings: Pings | undefined;
  let error: Error | undefined;
  let refusal: number | undefined;
  let serverReason: number | undefined;
  let open = true;
  let up = false;
  let answered = false;
  let endedByUs = false;
  /** `publish` said that there is no room. */
  let full = false;
  let reading = false;
  let comingBytes = 0;

  const write = (packet: Buffer): void => {
    line?.write(packet);
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
    line?.destroy();
  };
  let deadline = setTimeout(() => close(new Error('the line was not up in time')), upDeadlineMs);

  const connack = ({ code, sessionPresent, properties }: BrokerPacket & { kind: 'connack' }): void => {
    if (code !== 0) {
      refusal = code;
      close();
      return;
    }
    clearTimeout(deadline);
    answered = true;
    const agreedS = Math.min(options.keepaliveS, properties.serverKeepAlive || Number.POSITIVE_INFINITY);
    pings = new Pings(pingTimes(keepaliveOn(options.address.protocol, agreedS * 1_000)), {
      send: () => {
        acks.flush();
        line?.write(pingreq);
      },
      overdue: events.pingOverdue,
      dead: () => close(new Error('Keepalive timeout')),
    });
    const { sessionExpiryInterval: sessionExpiryS } = properties;
    events.connected({ sessionPresent, ...(sessionExpiryS === undefined ? {} : { sessionExpiryS }) });
  };

  const handle = (packet: BrokerPacket): void => {
    switch (packet.kind) {
      case 'publish':
        if (packet.qos !== 0) acks.received();
        full = !events.publish(incomingOf(packet), packet.properties);
        break;
      case 'connack':
        connack(packet);
        break;
      case 'pubrel':
        acks.complete(packet.packetId);
        events.released(packet.packetId);
        break;
      case 'suback':
        requests.answered(packet.packetId, packet.codes);
        break;
      case 'unsuback':
        requests.answered(packet.packetId, []);
        break;
      case 'pingresp':
        pings?.answered();
        break;
      case 'disconnect':
        serverReason = packet.code;
        close();
        break;
      case 'other':
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
    if (full && open) line?.pause();
  };
  const nextOne = () => (open && !full ? reader.next() : undefined);

  const data = (bytes: Buffer): void => {
    if (!open) return;
    const { begun } = reader;
    const wasFull = full;
    reader.push(wasFull ? Buffer.from(bytes) : bytes);
    read();
    if (full && !wasFull) reader.keep();
    comingBytes = reader.isInside && reader.begun === begun ? comingBytes + bytes.length : 0;
    if (comingBytes < signOfLifeBytes) return;
    comingBytes = 0;
    pings?.stillComing();
  };

  const start = (connectPacket: Buffer): void => {
    line = openLine(options, {
      up: () => {
        up = true;
        clearTimeout(deadline);
        deadline = setTimeout(() => close(new Error('CONNACK did not come in time')), connackDeadlineMs);
        line?.write(connectPacket);
      },
      data,
      closed: (cause) => {
        shut();
        const seen = { answered, up: up && !endedByUs, error: error ?? cause, refusal, serverReason };
        events.closed(closeReasonOf(seen));
      },
    });
  };
  const impossible = (detail: string): void => {
    shut();
    setImmediate(() => events.closed({ kind: 'unreachable', detail }));
  };
  pipe(
    connect(options),
    E.chain((packet) => E.tryCatch(() => start(packet), messageOf)),
    E.mapLeft(impossible),
  );

  return {
    subscribe: (filters, done) => {
      if (!open) return;
      const packetId = requests.ask((codes) => {
        if (codes.length === filters.length) done(grantedOf(filters, codes));
        else
          close(new Error(`the broker sent SUBACK of ${codes.length} codes for ${filters.length} filters`));
      });
      write(subscribe(packetId, filters, options.qos ?? 1, version));
    },
    unsubscribe: (filters, done) => {
      if (open) write(unsubscribe(requests.ask(done), filters, version));
    },
    acknowledge: (acknowledged) => acks.acknowledge(acknowledged),
    resume: () => {
      if (!full) return;
      full = false;
      // Not within the call that made the room: what comes next is told by itself.
      process.nextTick(() => {
        read();
        if (!full) line?.resume();
      });
    },
    end: () => {
      if (!open) return;
      endedByUs = true;
      acks.flush();
      shut();
      if (!answered) {
        line?.destroy();
        return;
      }
      line?.write(disconnect);
      line?.end();
      deadline = setTimeout(() => line?.destroy(), endDeadlineMs);
    },
  };
};

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : 'unknown error');
