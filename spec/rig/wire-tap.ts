import { connect, type Socket } from 'node:net';
import { type Packet, parser } from 'mqtt-packet';
import { listen } from '../../sim/listener.js';
import type { AtEnd } from './at-end.js';
import { Journal } from './journal.js';

/** A packet that passed the tap. */
export interface Passed {
  readonly from: 'daemon' | 'broker';
  /** Number of its connection: 1, 2, … */
  readonly connection: number;
  readonly packet: Packet;
}

/** A proxy to the broker that records the packets and can break the connection. */
export interface WireTap {
  readonly port: number;
  /** `mqtt://127.0.0.1:<port>` */
  readonly url: string;
  /** All packets, recorded before they were forwarded. */
  readonly packets: Journal<Passed>;
  /** Cuts all connections; packets on their way are lost. */
  cut(): void;
  /**
   * Makes the current connections go dead: they stay open, but nothing passes any more, not even their end.
   */
  goSilent(): void;
}

/** Listens on a free port and connects each client with the broker at `port`. */
export async function tapWire(atEnd: AtEnd, port: number): Promise<WireTap> {
  const packets = new Journal<Passed>();
  const sockets = new Set<Socket>();
  const listener = await listen(0);
  atEnd(listener.suspend);
  let connections = 0;
  /** Connections up to this one are dead. */
  let silent = 0;

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  atEnd(cut);
  const goSilent = (): void => {
    silent = connections;
    for (const socket of sockets) socket.unpipe().resume();
  };
  listener.accept((daemon) => {
    const connection = ++connections;
    const broker = connect(port, '127.0.0.1');
    const decoder = wireDecoder((from, packet) => {
      if (connection > silent) packets.put({ from, connection, packet });
    });
    daemon.on('data', decoder.fromDaemon);
    broker.on('data', decoder.fromBroker);
    for (const [here, there] of [
      [daemon, broker],
      [broker, daemon],
    ] as const) {
      sockets.add(here);
      here.on('error', () => undefined);
      here.once('close', () => {
        sockets.delete(here);
        if (connection > silent) there.destroy();
      });
      here.setNoDelay();
      here.pipe(there);
    }
  });
  return { port: listener.port, url: `mqtt://127.0.0.1:${listener.port}`, packets, cut, goSilent };
}

/** Decodes both directions of a connection; decoding the broker's needs the version from CONNECT. */
function wireDecoder(put: (from: Passed['from'], packet: Packet) => void) {
  const daemon = parser();
  let broker = parser();
  const fail = (error: unknown): never => {
    throw new Error('a packet on the wire is malformed', { cause: error });
  };
  daemon.on('error', fail);
  daemon.on('packet', (packet) => {
    if (packet.cmd === 'connect') {
      broker = parser({ protocolVersion: packet.protocolVersion });
      broker.on('error', fail);
      broker.on('packet', (answer) => put('broker', answer));
    }
    put('daemon', packet);
  });
  return {
    fromDaemon: (chunk: Buffer) => void daemon.parse(chunk),
    fromBroker: (chunk: Buffer) => void broker.parse(chunk),
  };
}
