import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { AtEnd } from './at-end.js';
import type { Certificates } from './certificates.js';

/** A WebSocket proxy in front of a broker. */
export interface WebSocketEntrance {
  readonly port: number;
  /** The path of each request, with its sub-protocol. */
  readonly requests: readonly string[];
}

/**
 * Forwards WebSockets from a free port to the broker at `port`, encrypted with `certificates`. It replaces
 * mosquitto's own listener, which doesn't work in every build.
 */
export async function openWebSocket(
  atEnd: AtEnd,
  port: number,
  certificates?: Certificates,
): Promise<WebSocketEntrance> {
  const http =
    certificates === undefined
      ? createHttpServer()
      : createHttpsServer({
          cert: readFileSync(certificates.certificate),
          key: readFileSync(certificates.key),
        });
  const requests: string[] = [];
  const server = new WebSocketServer({
    server: http,
    handleProtocols: (protocols) => (protocols.has('mqtt') ? 'mqtt' : false),
  });
  server.on('connection', (socket, { url }) => {
    requests.push(`${url} ${socket.protocol}`);
    const broker = connect(port, '127.0.0.1');
    const daemon = createWebSocketStream(socket);
    for (const [here, there] of [
      [daemon, broker],
      [broker, daemon],
    ] as const) {
      here.on('error', () => undefined);
      here.once('close', () => there.destroy());
      here.pipe(there);
    }
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  atEnd(() => {
    for (const client of server.clients) client.terminate();
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return { port: address.port, requests };
}
