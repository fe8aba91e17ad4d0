import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A TCP port of 127.0.0.1 that can be closed and reopened, like the port of a process that restarts. */
export interface Listener {
  readonly port: number;
  /** Passes every connection to `handle`, beginning with those that came before this call. */
  accept(handle: (socket: Socket) => void): void;
  /** Stops listening and cuts every connection; resolves when all are closed. */
  suspend(): Promise<void>;
  /** Listens on the same port again. Rejects with the system's error if it is in use. */
  resume(): Promise<void>;
}

/**
 * Listens on 127.0.0.1:`port` (0: a free one). Rejects with Node's error and its `code` (`EADDRINUSE`,
 * `EACCES`).
 */
export async function listen(port: number): Promise<Listener> {
  const open = new Set<Socket>();
  let handler: ((socket: Socket) => void) | undefined;
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // A reset by the peer is an ordinary end; without a listener it would end the process.
    socket.on('error', () => socket.destroy());
    handler?.(socket);
  });
  const bound = await bind(server, port);
  return {
    port: bound,
    accept: (handle) => {
      handler = handle;
      for (const socket of open) handle(socket);
    },
    suspend: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
    resume: async () => {
      if (!server.listening) await bind(server, bound);
    },
  };
}

/** The port that `server` got. */
async function bind(server: Server, port: number): Promise<number> {
  server.listen({ host: '127.0.0.1', port });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return address.port;
}
