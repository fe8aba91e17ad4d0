import { isIP } from 'node:net';

/** Target of a notification: the system notifier, or an integration at its registered address. */
export type Target =
  | { readonly kind: 'notifier' }
  | { readonly kind: 'external'; readonly bindAddr: string; readonly sendAddr: string };

/**
 * The addresses with which cvmain reaches an integration. It sends from any free port, bound to loopback only if the
 * app is on loopback (docs/domain.md#grpc, `IntegrationItem`; the bound address is our choice).
 */
export const addressOf = ({ host, port }: { readonly host: string; readonly port: number }) => ({
  bindAddr: `${bindHost(host)}:0`,
  sendAddr: isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`,
});

const bindHost = (host: string): string => {
  if (isIP(host) === 6) return host === '::1' ? '[::1]' : '[::]';
  return host === 'localhost' || host.startsWith('127.') ? '127.0.0.1' : '0.0.0.0';
};
