import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from './connection-options.js';

/**
 * How long an address of a name has before the next one is tried, ms. Node.js gives up the one before, so this is longer
 * than a round trip of 2 s with a SYN that is lost twice, which its 250 ms are not. The last one has no such limit.
 */
const attemptMs = 8_000;

/** What is read at once, bytes. */
const readBytes = 65_536;

/** What is known of the other end, and how it is proved. */
export type DialOptions = Pick<ConnectionOptions, 'address' | 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;

/** What a dialled connection tells. */
export interface DialEvents {
  /** It stands, TLS included. */
  readonly up: () => void;
  /** Bytes came. They are good until this returns: all that comes is read into one buffer. */
  readonly data: (bytes: Buffer) => void;
}

/**
 * Connects to the broker's host, with TLS where the address asks for it. What the environment says
 * (NODE_TLS_REJECT_UNAUTHORIZED, a proxy) changes nothing. Throws where a certificate or key is none.
 */
export const dial = (options: DialOptions, { up, data }: DialEvents): Socket => {
  const { host, port, protocol } = options.address;
  // Else there is a new buffer for each read, and megabytes of them before they are collected.
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const callback = (length: number): boolean => {
    data(buffer.subarray(0, length));
    return true;
  };
  const where = {
    host,
    port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMs,
    onread: { buffer, callback },
  };
  if (protocol === 'mqtt' || protocol === 'ws') return connect(where).once('connect', up);
  const { ca, cert, key, rejectUnauthorized = true } = options;
  const socket = connectTls({
    ...where,
    rejectUnauthorized,
    // Server Name Indication is for names (RFC 6066, 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
  return socket.once('secureConnect', up);
};
