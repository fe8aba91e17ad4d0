import type { Packet } from 'mqtt-packet';
import type { CloseReason } from '../../lib/broker/close-reason.js';
import { type Connection, type Incoming, openConnection } from '../../lib/broker/connection.js';
import type { ConnectionOptions } from '../../lib/broker/connection-options.js';
import { type Inbox, inbox } from '../sim/support/inbox.js';
import { type Peer, type PeerConnection, tcpPeer } from './mqtt-peer.js';

/** What a connection told. */
export type Told =
  | { readonly connected: 'session present' | 'no session' }
  | { readonly publish: Incoming }
  | { readonly pingOverdue: true }
  | { readonly closed: CloseReason };

/** A connection under test, and both ends of what it says. */
export interface Opened {
  readonly connection: Connection;
  /** Everything that it told, in order. */
  readonly told: Inbox<Told>;
  /** What it told of pings, in order. */
  readonly pings: Inbox<'sent' | 'answered'>;
  /** Resolves with the reason when it told that it is closed. */
  readonly closed: Promise<CloseReason>;
}

/** Opens a connection with an ordinary login; `room` is the answer to each publish. */
export function open(
  options: Partial<ConnectionOptions> & Pick<ConnectionOptions, 'address'>,
  room = (): boolean => true,
): Opened {
  const told = inbox<Told>();
  const pings = inbox<'sent' | 'answered'>();
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
      connected: (sessionPresent) =>
        told.put({ connected: sessionPresent ? 'session present' : 'no session' }),
      publish: (publish) => {
        told.put({ publish });
        return room();
      },
      pingSent: () => pings.put('sent'),
      pingAnswered: () => pings.put('answered'),
      pingOverdue: () => told.put({ pingOverdue: true }),
      closed: (reason) => {
        told.put({ closed: reason });
        ended(reason);
      },
    },
  );
  return { connection, told, pings, closed };
}

/** A peer with one connection to it that stands. */
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
  if (far === undefined) throw new Error('nobody came');
  await far.packets.filled(1);
  far.send(connack);
  await opened.told.filled(1);
  return { ...opened, peer, far };
}

/** CONNACK of success, of either version, without a session. */
export const accepted: Extract<Packet, { cmd: 'connack' }> = {
  cmd: 'connack',
  returnCode: 0,
  reasonCode: 0,
  sessionPresent: false,
};

/** A PUBLISH; of QoS 1 unless another one is given. */
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

/** The bytes of PUBACKs for the packet ids. */
export const pubacks = (...packetIds: readonly number[]): Buffer =>
  Buffer.from(packetIds.flatMap((packetId) => [0x40, 2, packetId >> 8, packetId & 0xff]));
