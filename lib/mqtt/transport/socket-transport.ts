import { type DialOptions, dial, isEncrypted } from './dial.js';
import { maxUnsentBytes, type Transport, type TransportEvents } from './transport.js';

/** Size of the read buffer, bytes. */
const readBytes = 65_536;

/** A transport over TCP or TLS. Throws on an invalid certificate or key. */
export const socketTransport = (options: DialOptions, { up, data, closed }: TransportEvents): Transport => {
  let error: Error | undefined;
  const fail = (cause: Error): void => {
    error ??= cause;
    socket.destroy();
  };
  // One buffer for all reads: a new one each time piles up megabytes before it is collected.
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const callback = (length: number): boolean => {
    data(buffer.subarray(0, length));
    return true;
  };
  const socket = dial(options, { onread: { buffer, callback } });
  socket.once(isEncrypted(options.address) ? 'secureConnect' : 'connect', up);
  socket.on('error', fail);
  // The other end sends nothing more, so nothing written from here on would be answered.
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
