import { createHash, randomBytes } from 'node:crypto';
import type { BrokerAddress } from '../../config/broker-address.js';

/** Start of every HTTP response. */
const http = 'HTTP/1.';

/** Limit for the response's head, bytes; the same as in Node.js. */
const maxHeadBytes = 16_384;

/** An upgrade request, and what its response must contain. */
export interface Upgrade {
  readonly request: Buffer;
  /** The expected `Sec-WebSocket-Accept`. */
  readonly accept: string;
}

/** Builds the request for a WebSocket with the subprotocol `mqtt` (RFC 6455, 4.1; MQTT 5, 6). */
export const upgradeTo = ({ protocol, host, port, path }: BrokerAddress): Upgrade => {
  const key = randomBytes(16).toString('base64');
  const name = host.includes(':') ? `[${host}]` : host;
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${port === (protocol === 'ws' ? 80 : 443) ? name : `${name}:${port}`}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: mqtt',
  ];
  return {
    request: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`),
    accept: createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64'),
  };
};

/** Result of reading a response: incomplete, wrong, or upgraded, with the bytes that follow. */
export type UpgradeAnswer =
  | { readonly kind: 'coming' }
  | { readonly kind: 'wrong'; readonly detail: string }
  | { readonly kind: 'upgraded'; readonly rest: Buffer };

/** Reads the response to an upgrade from all bytes received so far. */
export const readUpgrade = (bytes: Buffer, accept: string): UpgradeAnswer => {
  const end = bytes.subarray(0, maxHeadBytes).indexOf('\r\n\r\n');
  if (end < 0) {
    if (!http.startsWith(bytes.toString('latin1', 0, http.length)) || bytes.length >= maxHeadBytes)
      return wrong('a response that is not a WebSocket upgrade');
    return { kind: 'coming' };
  }
  const [status = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const code = /^HTTP\/1\.\d (\d{3})/.exec(status)?.[1];
  if (code === undefined) return wrong('a response that is not a WebSocket upgrade');
  if (code !== '101') return { kind: 'wrong', detail: `Unexpected server response: ${code}` };
  const header = (name: string): string =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  if (header('upgrade').toLowerCase() !== 'websocket') return wrong('a wrong Upgrade');
  if (header('sec-websocket-accept') !== accept) return wrong('a wrong Sec-WebSocket-Accept');
  if (header('sec-websocket-protocol') !== 'mqtt') return wrong('no subprotocol [MQTT-6.0.0-4]');
  if (header('sec-websocket-extensions') !== '') return wrong('an extension that was not offered');
  return { kind: 'upgraded', rest: bytes.subarray(end + 4) };
};

const wrong = (what: string): UpgradeAnswer => ({ kind: 'wrong', detail: `the broker sent ${what}` });
