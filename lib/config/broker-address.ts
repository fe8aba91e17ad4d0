import * as E from 'fp-ts/lib/Either.js';

/** The address of a broker. */
export interface BrokerAddress {
  readonly protocol: 'mqtt' | 'mqtts' | 'ws' | 'wss';
  readonly host: string;
  readonly port: number;
  /** Path of the WebSocket; `/` if the address has none. */
  readonly path: string;
}

const protocols = new Map<string, { protocol: BrokerAddress['protocol']; port: number }>([
  ['tcp:', { protocol: 'mqtt', port: 1883 }],
  ['mqtt:', { protocol: 'mqtt', port: 1883 }],
  ['mqtts:', { protocol: 'mqtts', port: 8883 }],
  ['ssl:', { protocol: 'mqtts', port: 8883 }],
  ['tls:', { protocol: 'mqtts', port: 8883 }],
  ['ws:', { protocol: 'ws', port: 80 }],
  ['wss:', { protocol: 'wss', port: 443 }],
]);

/**
 * Parses a `server_uri` (docs/domain.md#broker). An unknown scheme is refused: a guess could leave out encryption. So
 * is a login in the address, as it would end up in logs. Left says what is wrong, and quotes nothing of the address but
 * its scheme.
 */
export const parseBrokerAddress = (uri: string): E.Either<string, BrokerAddress> => {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(uri)?.[0].toLowerCase();
  if (scheme === undefined || !uri.slice(scheme.length).startsWith('//'))
    return E.left('is not an address such as mqtts://host:8883');
  const known = protocols.get(scheme);
  if (known === undefined)
    return E.left(
      `has the unknown scheme "${scheme.slice(0, 20)}//" (known: tcp, mqtt, mqtts, ssl, tls, ws, wss)`,
    );
  // Parsed as http, so that the URL parser checks and normalises the host.
  const rest = uri.slice(scheme.length);
  const url = parseUrl(`http:${rest}`);
  if (url === undefined || url.hostname === '') return E.left('has no valid host and port');
  if (url.username !== '' || url.password !== '') return E.left('holds a login');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || portOfHttp(rest) || known.port;
  if (Number(port) === 0) return E.left('has no valid host and port');
  return E.right({
    protocol: known.protocol,
    host,
    port: Number(port),
    path: `${url.pathname}${url.search}`,
  });
};

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** `80` if the address has it: the URL parser drops the default port of http, but not of https. */
const portOfHttp = (rest: string): string => new URL(`https:${rest}`).port;

/** The address as a URI, without the path. */
export const showBrokerAddress = ({ protocol, host, port }: BrokerAddress): string =>
  `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`;
