import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { errorCode } from '../../lib/util/error-code.js';

/**
 * Whether something on this machine listens on a UDP port; undefined for another machine's address, which can't be known
 * without sending a packet. Tries to take the port: it is in use if an app listens.
 */
export const listens = async (host: string, port: number): Promise<boolean | undefined> => {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, 'listening');
    return false;
  } catch (error) {
    return errorCode(error) === 'EADDRINUSE' ? true : undefined;
  } finally {
    socket.close();
  }
};
