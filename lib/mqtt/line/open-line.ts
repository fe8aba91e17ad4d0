import type { DialOptions } from './dial.js';
import { isWebSocket, type Line, type LineEvents } from './line.js';
import { socketLine } from './socket-line.js';
import { webSocketLine } from './web-socket-line.js';

/** Opens a line on which nothing waits, and that the system watches. Throws where a certificate or key is none. */
export const openLine = (options: DialOptions, events: LineEvents): Line =>
  isWebSocket(options.address) ? webSocketLine(options, events) : socketLine(options, events);
