import { createServer } from 'node:http2';
import type { Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { listen } from '../../../sim/listener.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { Journal } from '../../rig/journal.js';
import { username } from '../../rig/login.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startRig, valueIn } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';
import { libraries } from '../../support/grpc-clients.js';

/** What a program that is not cvmain does with a connection. */
type Impostor = (socket: Socket) => void;

/** Speaks HTTP/2, and answers every request with these headers and bytes. */
const http2 = (
  headers: object,
  bytes = Buffer.alloc(0),
  trailers?: Readonly<Record<string, string>>,
): Impostor => {
  const server = createServer();
  server.on('sessionError', () => undefined);
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    if (trailers !== undefined) stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    stream.respond({ ':status': 200, ...headers }, { waitForTrailers: trailers !== undefined });
    stream.end(bytes);
  });
  return (socket) => server.emit('connection', socket);
};

const grpc = { 'content-type': 'application/grpc' };

/** A gRPC server before cvmain has registered its services. */
const unregistered: Impostor = (socket) => {
  const injector = new Server().createConnectionInjector(ServerCredentials.createInsecure());
  injector.injectConnection(socket);
};

const impostors: Readonly<Record<string, Impostor>> = {
  'a gRPC server without cvmain’s services': unregistered,
  'a page that is not found': http2(
    { ':status': 404, 'content-type': 'text/html' },
    Buffer.from('<p>404</p>'),
  ),
  'a page for everything': http2({ 'content-type': 'text/html' }, Buffer.from('<p>hello</p>')),
  'a proxy that wants a login': http2({ ...grpc, 'grpc-status': '16', 'grpc-message': 'who are you' }),
  'a gRPC server that finds nothing': http2({ ...grpc, 'grpc-status': '5' }),
  'one that answers with empty messages': http2(grpc, Buffer.alloc(5), { 'grpc-status': '0' }),
  'one that ends without a status': http2(grpc, Buffer.from([0, 0, 0, 0, 2, 8, 1])),
  'HTTP/1.1': (socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'),
  SSH: (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
  'one that hangs up': (socket) => socket.destroy(),
};

for (const library of libraries)
  describe(`another program on cvmain’s port, for ${library}:`, () => {
    const atEnd = endingAfterTest();

    for (const [title, impostor] of Object.entries(impostors))
      itWithMosquitto(`${title}: the message waits for cvmain`, async () => {
        const broker = await startMosquitto(atEnd);
        const rig = await startRig(atEnd, {
          brokerUrl: broker.url,
          integrations: ['int1'],
          settings: { grpc_client: library },
        });
        const daemon = await rig.connected('--log-level', 'debug');
        const server = await startServer(atEnd, broker.url);
        await rig.cvmain.suspend();
        const visits = new Journal<Socket>();
        const listener = await listen(Number(rig.cvmain.address.split(':')[1]));
        atEnd(listener.suspend);
        listener.accept((socket) => {
          socket.resume();
          impostor(socket);
          visits.put(socket);
        });
        await server.send(username, { function: 'int1-open', body: 'one' });
        await daemon.logged('cvmain-away');
        await visits.first('visit');
        await listener.suspend();
        await rig.cvmain.resume();
        await rig.received.first('the message', (each) => valueIn(each, 'body') === 'one');
        await daemon.logged('settled');
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(daemon.log.entries.filter(({ reason }) => reason === 'refused')).to.deep.equal([]);
        expect(rig.received.entries).to.have.length(1);
      });
  });
