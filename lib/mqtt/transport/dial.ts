import { connect, isIP, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from '../connection/connection-options.js';

/**
 * How long an address of a name has before the next one is tried, ms. Node.js gives up the one before, so this is longer
 * than a round trip of 2 s with a SYN that is lost twice, which its 250 ms are not. The last one has no such limit.
 */
const attemptMs = 8_000;

/**
 * The system asks the other end of an idle line whether it is there after so long, ms, and gives it up 10 s later (TCP
 * keep-alive; ten probes, one a second: libuv). That wakes nobody up, and keeps a line through a NAT open.
 */
const probeAfterMs = 30_000;

/** What is known of the other end, and how it is proved. */
export type DialOptions = Pick<ConnectionOptions, 'address' | 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;

/** Whether TLS is spoken with the address. */
export const isEncrypted = ({ protocol }: DialOptions['address']): boolean =>
  protocol === 'mqtts' || protocol === 'wss';

/**
 * Connects to the broker's host, with TLS where the address asks for it. What the environment says
 * (NODE_TLS_REJECT_UNAUTHORIZED, a proxy) changes nothing. Throws where a certificate or key is none.
 */
export const dial = (options: DialOptions, reading: Pick<TcpSocketConnectOpts, 'onread'>): Socket => {
  const { host, port } = options.address;
  const where = {
    ...reading,
    host,
    port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMs,
  };
  const socket = isEncrypted(options.address) ? connectTls({ ...where, ...tlsOf(options) }) : connect(where);
  // Acknowledgements are small, and the broker sends on when it has them: none waits for the next one.
  return socket.setNoDelay(true).setKeepAlive(true, probeAfterMs);
};

const tlsOf = ({ address: { host }, ca, cert, key, rejectUnauthorized = true }: DialOptions) => ({
  rejectUnauthorized,
  // Server Name Indication is for names (RFC 6066, 3).
  ...(isIP(host) === 0 ? { servername: host } : {}),
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
});
