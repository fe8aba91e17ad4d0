import type { Packet } from 'mqtt-packet';
import type { Acknowledgement } from '../../lib/mqtt/connection/ack-writer.js';
import type {
  CloseReason,
  Connection,
  ConnectionEvent,
  Incoming,
} from '../../lib/mqtt/connection/connection.js';
import type { ConnectionOptions } from '../../lib/mqtt/connection/connection-options.js';
import { openConnection } from '../../lib/mqtt/connection/open-connection.js';
import { type Inbox, inbox } from '../sim/support/inbox.js';
import { type Peer, type PeerConnection, tcpPeer } from './mqtt-peer.js';

/** A report of a connection. */
export type Report = ConnectionEvent | { readonly kind: 'publish'; readonly publish: Incoming };

/** A connection under test. */
export interface Opened {
  readonly connection: Connection;
  /** All of its reports, in order. */
  readonly reports: Inbox<Report>;
  /** Resolves with the reason when it reports that it is closed. */
  readonly closed: Promise<CloseReason>;
}

/** Opens a connection with a valid login; `room` is the result for each publish. */
export function open(
  options: Partial<ConnectionOptions> & Pick<ConnectionOptions, 'address'>,
  room = (): boolean => true,
): Opened {
  const reports = inbox<Report>();
  let ended: (reason: CloseReason) => void = () => undefined;
  const closed = new Promise<CloseReason>((resolve) => {
    ended = resolve;
  });
  const connection = openConnection(
    {
      clientId: 'cvmqtt-cv12345',
      username: 'cv12345',
      password: 'the secret token',
      protocolVersion: 4,
      keepaliveS: 60,
      sessionExpiryS: 600,
      receiveMaximum: 256,
      ...options,
    },
    {
      publish: (publish) => {
        reports.put({ kind: 'publish', publish });
        return room();
      },
      happened: (event) => {
        reports.put(event);
        if (event.kind === 'closed') ended(event.reason);
      },
    },
  );
  return { connection, reports, closed };
}

/** A peer with an open connection to it. */
export interface Connected extends Opened {
  readonly peer: Peer;
  readonly far: PeerConnection;
}

/** Connects to a new peer, which accepts. */
export async function connected(
  atEnd: (end: () => unknown) => void,
  {
    protocolVersion = 4,
    peerOf = tcpPeer,
    room,
    connack = accepted,
    ...options
  }: Partial<ConnectionOptions> & { peerOf?: typeof tcpPeer; room?: () => boolean; connack?: Packet } = {},
): Promise<Connected> {
  const peer = await peerOf(protocolVersion);
  atEnd(peer.close);
  const opened = open({ protocolVersion, address: peer.address, ...options }, room);
  atEnd(() => opened.connection.end());
  const [far] = await peer.connections.filled(1);
  if (far === undefined) throw new Error('nobody connected');
  await far.packets.filled(1);
  far.send(connack);
  await opened.reports.filled(1);
  return { ...opened, peer, far };
}

/** CONNACK of success in either version, without a session. */
export const accepted: Extract<Packet, { cmd: 'connack' }> = {
  cmd: 'connack',
  returnCode: 0,
  reasonCode: 0,
  sessionPresent: false,
};

/** A PUBLISH, at QoS 1 by default. */
export const publish = (
  messageId: number,
  more: Partial<Extract<Packet, { cmd: 'publish' }>> = {},
): Packet => ({
  cmd: 'publish',
  topic: 's2u/cv12345/int1-open',
  payload: `message ${messageId}`,
  qos: 1,
  dup: false,
  retain: false,
  messageId,
  ...more,
});

/** Acknowledgements of publishes of QoS 1. */
export const acks = (...packetIds: readonly number[]): readonly Acknowledgement[] =>
  packetIds.map((packetId) => ({ packetId, qos: 1 }));

/** The bytes of PUBACKs for the packet ids. */
export const pubacks = (...packetIds: readonly number[]): Buffer =>
  Buffer.from(packetIds.flatMap((packetId) => [0x40, 2, packetId >> 8, packetId & 0xff]));
