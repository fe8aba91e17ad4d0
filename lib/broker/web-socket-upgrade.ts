import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { BrokerAddress } from '../config/broker-address.js';

/** What an upgrade tells, once. */
export interface UpgradeEvents {
  /** It is a WebSocket from now on; the first bytes of it may have come already. */
  readonly done: (first: Buffer) => void;
  readonly failed: (cause: Error) => void;
}

/** What the answer's key is a hash of, with the question's (RFC 6455, 1.3). */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * Makes a WebSocket for MQTT of a connection that is being made (RFC 6455, 4.1; MQTT 5, 6). No extension is offered: none
 * may come compressed. The head of the answer is bounded by Node.js, 16 KiB.
 */
export const upgrade = (
  socket: Socket,
  { host, port, path }: Pick<BrokerAddress, 'host' | 'port' | 'path'>,
  { done, failed }: UpgradeEvents,
): void => {
  const key = randomBytes(16).toString('base64');
  // Few connections are WebSockets, and none of the others needs it.
  const { request } = process.getBuiltinModule('node:http');
  const asked = request({
    createConnection: () => socket,
    path,
    headers: {
      host: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
      'sec-websocket-protocol': 'mqtt',
    },
  });
  const accept = createHash('sha1').update(`${key}${guid}`).digest('base64');
  asked.once('upgrade', ({ headers }, _socket, first) => {
    if (headers['sec-websocket-accept'] !== accept)
      failed(new Error('the WebSocket is answered with a wrong key'));
    else if (headers['sec-websocket-protocol'] !== 'mqtt')
      failed(new Error('the WebSocket is not one of MQTT [MQTT-6.0.0-4]'));
    else done(first);
  });
  asked.once('response', ({ statusCode }) => failed(new Error(`Unexpected server response: ${statusCode}`)));
  asked.on('error', failed);
  asked.end();
};
