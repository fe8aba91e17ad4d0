import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { cleanup } from '../../../support/cleanup.js';
import { open } from '../../../support/connecting.js';

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

describe('a WebSocket transport', () => {
  const atEnd = cleanup();

  /** A connection to a server that upgrades, and then treats the bytes as the spec says. */
  async function upgraded() {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const upgrade = once(server, 'upgrade');
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const opened = open({ address: { protocol: 'ws', host: '127.0.0.1', port, path: '/' } });
    const [{ headers }, socket]: [{ headers: NodeJS.Dict<string> }, Duplex] = await upgrade.then(
      ([request, stream]) => [request, stream],
    );
    socket.on('error', () => undefined);
    atEnd(() => {
      socket.destroy();
      server.close();
    });
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${magic}`).digest('base64');
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Connection: Upgrade',
        'Upgrade: websocket',
        `Sec-WebSocket-Accept: ${accept}`,
        'Sec-WebSocket-Protocol: mqtt',
        '\r\n',
      ].join('\r\n'),
    );
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    return { ...opened, socket, pieces };
  }

  const connack = Buffer.from('820420020000', 'hex');

  it('ends when the other end closes the WebSocket but not the socket', async () => {
    const { closed, socket, pieces } = await upgraded();
    socket.write(Buffer.concat([connack, Buffer.from('8800', 'hex')]));
    const gone = once(socket, 'end');
    expect(await closed).to.deep.equal({ kind: 'lost', detail: 'the connection was closed' });
    await gone;
    // A close without a code, masked.
    expect(Buffer.concat(pieces).toString('hex')).to.match(/8880[0-9a-f]{8}$/);
  });

  it('closes after DISCONNECT, and waits for the other end', async () => {
    const { connection, closed, reports, socket, pieces } = await upgraded();
    socket.write(connack);
    await reports.filled(1);
    connection.end();
    while (!/8282[0-9a-f]{8}[0-9a-f]{4}8880[0-9a-f]{8}$/.test(Buffer.concat(pieces).toString('hex')))
      await once(socket, 'data');
    socket.write(Buffer.from('8800', 'hex'));
    expect(await closed).to.deep.equal({ kind: 'lost', detail: 'the connection was closed' });
  });

  it('closes with a reason on an invalid frame', async () => {
    const { closed, socket } = await upgraded();
    socket.write(Buffer.concat([connack, Buffer.from('8f00', 'hex')]));
    const detail = 'the broker sent a WebSocket frame with the opcode 15';
    expect(await closed).to.deep.equal({ kind: 'lost', detail });
  });
});
