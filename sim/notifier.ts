import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import * as E from 'fp-ts/lib/Either.js';
import { parseAddress } from './address.js';

/** The UDP side of cvmain (docs/domain.md#notifications). */
export interface Notifier {
  /**
   * Sends one packet from `bindAddr` to `sendAddr`, both `host:port`; port 0 in `bindAddr` means any port. Left says
   * why the system did not take it: a bad address, a port in use, too large.
   */
  send(packet: Buffer, sendAddr: string, bindAddr: string): Promise<E.Either<string, void>>;
  /** Closes all sockets; must not be called while a send is pending. */
  close(): Promise<void>;
}

/** Maximum number of sockets. A socket stays open for the next packet from the same address. */
const maxSockets = 32;

/** Creates a notifier, which opens sockets as needed. */
export function startNotifier(): Notifier {
  const sockets = new Map<string, Promise<E.Either<string, Socket>>>();
  const socketAt = async (bindAddr: string): Promise<E.Either<string, Socket>> => {
    const open = sockets.get(bindAddr);
    if (open !== undefined) return open;
    if (sockets.size >= maxSockets) return E.left('too many addresses to send from');
    const opening = bindSocket(bindAddr);
    sockets.set(bindAddr, opening);
    const result = await opening;
    // The port may be free the next time.
    if (E.isLeft(result)) sockets.delete(bindAddr);
    return result;
  };
  return {
    send: async (packet, sendAddr, bindAddr) => {
      const to = parseAddress(sendAddr);
      if (E.isLeft(to)) return to;
      if (to.right.port === 0) return E.left('nobody can listen at port 0');
      const socket = await socketAt(bindAddr);
      if (E.isLeft(socket)) return socket;
      const { host, port } = to.right;
      return new Promise((resolve) =>
        socket.right.send(packet, port, host, (error) =>
          resolve(error === null ? E.right(undefined) : E.left(error.message)),
        ),
      );
    },
    close: async () => {
      const opened = await Promise.all(sockets.values());
      sockets.clear();
      await Promise.all(opened.map((socket) => (E.isLeft(socket) ? undefined : closeSocket(socket.right))));
    },
  };
}

async function bindSocket(bindAddr: string): Promise<E.Either<string, Socket>> {
  const address = parseAddress(bindAddr);
  if (E.isLeft(address)) return address;
  const socket = createSocket('udp4');
  try {
    socket.bind({ address: address.right.host, port: address.right.port });
    await once(socket, 'listening');
  } catch (error) {
    await closeSocket(socket);
    return E.left(error instanceof Error ? error.message : 'the address could not be bound');
  }
  // A failed send calls its callback; other errors must not end the process.
  socket.on('error', () => undefined);
  return E.right(socket);
}

async function closeSocket(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.close(resolve));
}
