/** The fastest gRPC server on `node:http2`: accepts every notification without reading it. Prints its port on stdout. */
import { createServer } from 'node:http2';

const headers = { ':status': 200, 'content-type': 'application/grpc' };
/** `BasicResponse { success }` behind gRPC's five-byte prefix. */
const accepted = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

const server = createServer();
server.on('stream', (stream) => {
  stream.on('error', () => undefined);
  stream.resume();
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.once('end', () => {
    stream.respond(headers, { waitForTrailers: true });
    stream.end(accepted);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  process.stdout.write(`${address.port}\n`);
});
