import { createHash, randomBytes } from 'node:crypto';
import type { BrokerAddress } from '../config/broker-address.js';

/** What the answer's key is a hash of, with the question's (RFC 6455, 1.3). */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** An answer's head has no more than this, bytes. */
const maxHeadBytes = 16_384;

/** What became of an upgrade: it needs more bytes, it is done and these are the first of the WebSocket, or it failed. */
export type Upgraded =
  | { readonly kind: 'coming' }
  | { readonly kind: 'done'; readonly rest: Buffer }
  | { readonly kind: 'failed'; readonly detail: string };

/**
 * The beginning of a WebSocket for MQTT: a question in HTTP, and its answer (RFC 6455, 4.1; MQTT 5, 6). No extension is
 * offered: nothing may come compressed.
 */
export class WebSocketUpgrade {
  readonly #key = randomBytes(16).toString('base64');
  #head = '';

  /** The question. */
  request({ host, port, path }: Pick<BrokerAddress, 'host' | 'port' | 'path'>): Buffer {
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host.includes(':') ? `[${host}]` : host}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${this.#key}`,
      'Sec-WebSocket-Protocol: mqtt',
    ];
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  }

  /** Takes the next bytes of the answer. */
  take(bytes: Buffer): Upgraded {
    const before = this.#head.length;
    this.#head += bytes.toString('latin1', 0, maxHeadBytes);
    const end = this.#head.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end >= 0 && end <= maxHeadBytes) {
      const detail = this.#wrongIn(this.#head.slice(0, end));
      return detail === undefined
        ? { kind: 'done', rest: bytes.subarray(end + 4 - before) }
        : { kind: 'failed', detail };
    }
    if (this.#head.length < maxHeadBytes) return { kind: 'coming' };
    return { kind: 'failed', detail: 'the WebSocket is answered with more than a head' };
  }

  #wrongIn(head: string): string | undefined {
    const [status = '', ...lines] = head.split('\r\n');
    const code = /^HTTP\/1\.[01] (\d{3})/.exec(status)?.[1];
    if (code === undefined) return 'the WebSocket is answered by something that is no web server';
    if (code !== '101') return `Unexpected server response: ${code}`;
    const headers = new Map(lines.map(headerOf));
    const accept = createHash('sha1').update(`${this.#key}${guid}`).digest('base64');
    if (
      headers.get('upgrade')?.toLowerCase() !== 'websocket' ||
      headers.get('sec-websocket-accept') !== accept
    )
      return 'the WebSocket is answered with a wrong key';
    if (headers.get('sec-websocket-extensions'))
      return 'the WebSocket has an extension that was not asked for';
    return headers.get('sec-websocket-protocol') === 'mqtt'
      ? undefined
      : 'the WebSocket is not one of MQTT [MQTT-6.0.0-4]';
  }
}

const headerOf = (line: string): readonly [string, string] => {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
};
