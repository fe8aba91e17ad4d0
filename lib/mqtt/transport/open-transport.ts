import type { DialOptions } from './dial.js';
import { socketTransport } from './socket-transport.js';
import { isWebSocket, type Transport, type TransportEvents } from './transport.js';
import { webSocketTransport } from './web-socket-transport.js';

/** Opens a line on which nothing waits, and that the system watches. Throws where a certificate or key is none. */
export const openTransport = (options: DialOptions, events: TransportEvents): Transport =>
  isWebSocket(options.address) ? webSocketTransport(options, events) : socketTransport(options, events);
