import { connect, isIP, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from '../connection/connection-options.js';

/**
 * How long each address of a host name is tried before the next one, ms; the last has no limit. Longer than a round
 * trip of 2 s with two lost SYNs, unlike Node's 250 ms.
 */
const attemptMs = 8_000;

/**
 * After this long without traffic, ms, the system probes the other end (TCP keep-alive), and drops the connection 10 s
 * later: ten probes, one a second (libuv). It wakes no process, and keeps NAT entries alive.
 */
const probeAfterMs = 30_000;

/** Address of the broker, and how it is authenticated. */
export type DialOptions = Pick<ConnectionOptions, 'address' | 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;

/** True for addresses with TLS. */
export const isEncrypted = ({ protocol }: DialOptions['address']): boolean =>
  protocol === 'mqtts' || protocol === 'wss';

/**
 * Connects to the broker's host, with TLS if the address says so. Environment variables (NODE_TLS_REJECT_UNAUTHORIZED,
 * proxies) have no effect. Throws on an invalid certificate or key.
 */
export const dial = (options: DialOptions, reading: Pick<TcpSocketConnectOpts, 'onread'>): Socket => {
  const { host, port } = options.address;
  const target = {
    ...reading,
    host,
    port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMs,
  };
  const socket = isEncrypted(options.address)
    ? connectTls({ ...target, ...tlsOf(options) })
    : connect(target);
  // Acknowledgements are small and the broker waits for them: no Nagle delay.
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
