import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { generate, type Packet, parser } from 'mqtt-packet';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { BrokerAddress } from '../../lib/config/broker-address.js';
import { type Inbox, inbox } from '../sim/support/inbox.js';

/** The other end of one connection: it does what a spec says, valid or not. */
export interface PeerConnection {
  /** All packets that arrived, in order. */
  readonly packets: Inbox<Packet>;
  /** All bytes that arrived, in the pieces as received. */
  readonly pieces: Inbox<Buffer>;
  /** Sends packets, all in one write. */
  send(...packets: readonly Packet[]): void;
  /** Sends bytes. */
  write(bytes: Uint8Array): void;
  /** Ends the connection without DISCONNECT. */
  cut(): void;
  /** Resolves when the connection has ended, with true if it was cut during transfer. */
  readonly closed: Promise<boolean>;
}

/** A listening socket that reads and writes MQTT packets and enforces no rules. */
export interface Peer {
  readonly address: BrokerAddress;
  readonly connections: Inbox<PeerConnection>;
  close(): Promise<void>;
}

/** A peer for connections that speak `protocolVersion`. */
export async function tcpPeer(protocolVersion: 4 | 5, host = '127.0.0.1'): Promise<Peer> {
  const connections = inbox<PeerConnection>();
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    connections.put(peerConnection(socket, protocolVersion));
  });
  return listening('mqtt', host, server, connections, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** The same behind a WebSocket. Each write of the client is a message, so a piece is a write. */
export async function webSocketPeer(protocolVersion: 4 | 5, host = '127.0.0.1'): Promise<Peer> {
  const connections = inbox<PeerConnection>();
  const server = createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' });
  sockets.on('connection', (socket) =>
    connections.put(peerConnection(createWebSocketStream(socket), protocolVersion)),
  );
  return listening('ws', host, server, connections, () => {
    for (const socket of sockets.clients) socket.terminate();
  });
}

async function listening(
  protocol: BrokerAddress['protocol'],
  host: string,
  server: Server | ReturnType<typeof createTcpServer>,
  connections: Inbox<PeerConnection>,
  cutAll: () => void,
): Promise<Peer> {
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: { protocol, host, port: address.port, path: '/' },
    connections,
    close: async () => {
      cutAll();
      server.close();
      await once(server, 'close');
    },
  };
}

function peerConnection(stream: Duplex, protocolVersion: 4 | 5): PeerConnection {
  const packets = inbox<Packet>();
  const pieces = inbox<Buffer>();
  const read = parser({ protocolVersion });
  read.on('packet', packets.put);
  stream.on('data', (piece: Buffer) => {
    pieces.put(piece);
    read.parse(piece);
  });
  // A client that cuts the connection is not an error of the spec.
  stream.on('error', () => undefined);
  return {
    packets,
    pieces,
    send: (...sent) => stream.write(Buffer.concat(sent.map((each) => generate(each, { protocolVersion })))),
    write: (bytes) => stream.write(bytes),
    cut: () => stream.destroy(),
    closed: new Promise((resolve) => stream.once('close', (cut?: boolean) => resolve(cut ?? false))),
  };
}
