import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { endingAfterTest } from '../../rig/at-end.js';
import { startChild } from '../../rig/child.js';
import { measured } from '../../rig/measured.js';
import { itWithOtherHost, makeOtherHost } from '../../rig/other-host.js';

const script = fileURLToPath(new URL('../../support/connect-once.ts', import.meta.url));
const connack = Buffer.from([0x20, 2, 0, 0]);

describe('a slow network', () => {
  const atEnd = endingAfterTest();

  /** A port that answers everything with CONNACK, plain and over WebSocket. */
  async function answering(host: string): Promise<number> {
    const server = createServer();
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' });
    sockets.on('connection', (socket) => {
      const stream = createWebSocketStream(socket);
      stream.on('error', () => undefined).once('data', () => stream.write(connack));
    });
    // Anything but HTTP.
    server.on('clientError', (_error, socket) => {
      socket.on('error', () => undefined).write(connack);
    });
    server.listen(0, host);
    await once(server, 'listening');
    atEnd(() => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  for (const protocol of ['mqtt', 'ws'])
    for (const [ipv6, where] of [
      ['is missing', 'without a route'],
      ['does not work', 'into nothing'],
    ] as const)
      itWithOtherHost(
        `does not prevent a connection with ${protocol} if IPv6 ${ipv6} and the other address takes seconds to answer`,
        async () => {
          const host = await makeOtherHost(atEnd);
          await host.knows('broker.test', [host.near, '2001:db8::1']);
          if (where === 'into nothing') await host.losesIpv6();
          const port = await answering(host.near);
          // SYN is sent again after 1 s and 3 s.
          const hear = await host.goDeaf();
          const [command = '', ...before] = host.command;
          const child = startChild(atEnd, command, [
            ...before,
            process.execPath,
            '--import=tsx',
            script,
            protocol,
            'broker.test',
            `${port}`,
          ]);
          // The network is this slow.
          await new Promise((resolve) => setTimeout(resolve, where === 'into nothing' ? 7_000 : 2_000));
          await hear();
          const said = await child.stdout.first('what became of it');
          measured(`${protocol}, ${where}: ${said}`);
          expect(JSON.parse(said)).to.have.property('connected', true);
        },
      );
});
