import { type DialOptions, dial, isEncrypted } from './dial.js';
import { maxUnsentBytes, type Transport, type TransportEvents } from './transport.js';

/** What is read at once, bytes. */
const readBytes = 65_536;

/** A line that is TCP, or TLS on it. Throws where a certificate or key is none. */
export const socketTransport = (options: DialOptions, { up, data, closed }: TransportEvents): Transport => {
  let error: Error | undefined;
  const fail = (cause: Error): void => {
    error ??= cause;
    socket.destroy();
  };
  // Else there is a new buffer for each read, and megabytes of them before they are collected.
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const callback = (length: number): boolean => {
    data(buffer.subarray(0, length));
    return true;
  };
  const socket = dial(options, { onread: { buffer, callback } });
  socket.once(isEncrypted(options.address) ? 'secureConnect' : 'connect', up);
  socket.on('error', fail);
  // Nothing more will come, so that nothing that is still written would be answered.
  socket.on('end', () => socket.destroy());
  socket.once('close', () => closed(error));
  return {
    write: (bytes) => {
      if (socket.writableLength > maxUnsentBytes) fail(new Error('the broker does not read what is sent'));
      else if (socket.writable) socket.write(bytes);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => {
      socket.end();
      socket.resume();
    },
    destroy: () => socket.destroy(),
  };
};
