import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A port on which every connection goes to who waits for the next. */
export interface Accepting {
  readonly port: number;
  readonly next: () => Promise<Socket>;
}

let opened: Promise<Accepting> | undefined;

/** One listener for all cases of a run; it keeps no process alive. */
export const accepting = (): Promise<Accepting> => {
  opened ??= open();
  return opened;
};

const open = async (): Promise<Accepting> => {
  let take: (socket: Socket) => void = (socket) => socket.destroy();
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    take(socket);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const next = () =>
    new Promise<Socket>((resolve) => {
      take = (socket) => {
        take = (more) => more.destroy();
        resolve(socket);
      };
    });
  return { port: address.port, next };
};
