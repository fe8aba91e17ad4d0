import WebSocket from 'ws';
import { type DialOptions, dial } from './dial.js';
import { type Line, type LineEvents, maxUnsentBytes } from './line.js';

/**
 * A message of a WebSocket is held as a whole, twice for a moment. Larger ones close the line; brokers put each packet in a
 * message, so that is the bound of a packet here.
 */
const maxMessageBytes = 8_388_608;

/** How long the upgrade may take, ms: two round trips, of a slow line too. */
const handshakeMs = 60_000;

/** A line that is a WebSocket (MQTT 5, 6). Throws where a certificate or key is none. */
export const webSocketLine = (options: DialOptions, { up, data, closed }: LineEvents): Line => {
  const { protocol, host, port, path } = options.address;
  let error: Error | undefined;
  const fail = (cause: Error): void => {
    error ??= cause;
    socket.terminate();
  };
  const socket = new WebSocket(
    `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`,
    ['mqtt'],
    {
      createConnection: () => dial(options),
      maxPayload: maxMessageBytes,
      handshakeTimeout: handshakeMs,
      // It would be a second bound, and costs more memory than it saves bytes.
      perMessageDeflate: false,
      autoPong: false,
    },
  );
  socket.binaryType = 'fragments';
  const canWrite = (): boolean => {
    if (socket.bufferedAmount > maxUnsentBytes) fail(new Error('the broker does not read what is sent'));
    return socket.readyState === WebSocket.OPEN;
  };
  socket.on('open', up);
  socket.on('ping', (bytes) => {
    if (canWrite()) socket.pong(bytes);
  });
  socket.on('message', (parts, isBinary) => {
    if (!isBinary || !Array.isArray(parts)) fail(new Error('the broker sent a text [MQTT-6.0.0-1]'));
    else for (const part of parts) data(part);
  });
  // It would read on, and throw away what comes.
  socket.on('error', fail);
  socket.once('close', () => closed(error));
  return {
    write: (bytes) => {
      if (canWrite()) socket.send(bytes);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => {
      socket.resume();
      socket.close();
    },
    destroy: () => socket.terminate(),
  };
};
