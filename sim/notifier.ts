import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../lib/util/error-code.js';
import { type Address, parseAddress } from './address.js';

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

/** Maximum number of sockets of each kind. A socket stays open for the next packet. */
const maxSockets = 32;

/** A socket that is connected to one address, or that sends to any. */
interface Sender {
  readonly socket: Socket;
  readonly isConnected: boolean;
}

type Opening = Promise<E.Either<string, Sender>>;

/**
 * Creates a notifier, which opens sockets as needed. `onUnheard` is called when nothing listens at an address: the
 * system answers a packet to a closed port with ICMP, and passes that on to a connected socket. So packets that may
 * leave from any port leave from a socket of their address. It is not called where that answer is not sent.
 */
export function startNotifier(onUnheard: (sendAddr: string) => void = () => undefined): Notifier {
  const shared = new Map<string, Opening>();
  const connected = new Map<string, Opening>();

  const opened = async (kept: Map<string, Opening>, key: string, open: () => Opening): Opening => {
    const before = kept.get(key);
    if (before !== undefined) return before;
    if (kept.size >= maxSockets) return E.left('too many addresses to send from');
    const opening = open();
    kept.set(key, opening);
    const result = await opening;
    // The port may be free the next time.
    if (E.isLeft(result)) kept.delete(key);
    return result;
  };
  const senderFor = (bindAddr: string, sendAddr: string, to: Address): Opening => {
    const key = `${bindAddr} ${sendAddr}`;
    const hasOwn = connected.has(key) || (bindAddr.endsWith(':0') && connected.size < maxSockets);
    return hasOwn
      ? opened(connected, key, () => openSocket(bindAddr, to, () => onUnheard(sendAddr)))
      : opened(shared, bindAddr, () => openSocket(bindAddr));
  };
  return {
    send: async (packet, sendAddr, bindAddr) => {
      const to = parseAddress(sendAddr);
      if (E.isLeft(to)) return to;
      if (to.right.port === 0) return E.left('nobody can listen at port 0');
      const sender = await senderFor(bindAddr, sendAddr, to.right);
      if (E.isLeft(sender)) return sender;
      let error = await sent(sender.right, packet, to.right);
      // It answers the packet before, as its ICMP was not read yet; this one was not sent.
      if (isRefused(error)) {
        onUnheard(sendAddr);
        error = await sent(sender.right, packet, to.right);
      }
      return error === null || isRefused(error) ? E.right(undefined) : E.left(error.message);
    },
    close: async () => {
      const all = await Promise.all([...shared.values(), ...connected.values()]);
      shared.clear();
      connected.clear();
      await Promise.all(
        all.map((sender) => (E.isLeft(sender) ? undefined : closeSocket(sender.right.socket))),
      );
    },
  };
}

const sent = ({ socket, isConnected }: Sender, packet: Buffer, { host, port }: Address) =>
  new Promise<Error | null>((resolve) => {
    if (isConnected) socket.send(packet, resolve);
    else socket.send(packet, port, host, resolve);
  });

/** Whether it is the answer that nothing listens. Windows says ECONNRESET (WSARecvFrom, WSAECONNRESET). */
const isRefused = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET'].includes(errorCode(error) ?? '');

/** Binds a socket; with `to`, connects it, and calls `onRefused` for each ICMP answer. */
async function openSocket(
  bindAddr: string,
  to?: Address,
  onRefused: () => void = () => undefined,
): Promise<E.Either<string, Sender>> {
  const address = parseAddress(bindAddr);
  if (E.isLeft(address)) return address;
  const socket = createSocket('udp4');
  try {
    socket.bind({ address: address.right.host, port: address.right.port });
    await once(socket, 'listening');
    if (to !== undefined) {
      socket.connect(to.port, to.host);
      await once(socket, 'connect');
    }
  } catch (error) {
    await closeSocket(socket);
    return E.left(error instanceof Error ? error.message : 'the address could not be bound');
  }
  // A failed send calls its callback; other errors must not end the process.
  socket.on('error', (error) => {
    if (isRefused(error)) onRefused();
  });
  return E.right({ socket, isConnected: to !== undefined });
}

async function closeSocket(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.close(resolve));
}
