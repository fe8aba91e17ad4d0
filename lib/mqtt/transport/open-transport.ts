import type { DialOptions } from './dial.js';
import { socketTransport } from './socket-transport.js';
import { isWebSocket, type Transport, type TransportEvents } from './transport.js';
import { webSocketTransport } from './web-socket-transport.js';

/**
 * Opens the transport for the address: a WebSocket, or TCP with or without TLS. Throws on an invalid certificate or
 * key.
 */
export const openTransport = (options: DialOptions, events: TransportEvents): Transport =>
  isWebSocket(options.address) ? webSocketTransport(options, events) : socketTransport(options, events);
