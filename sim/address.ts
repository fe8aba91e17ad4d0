import * as E from 'fp-ts/lib/Either.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Parses `host:port` as in cvmain's settings and requests: a name or an IPv4 address, and a port from 0 to 65535. Left
 * says what was expected.
 */
export function parseAddress(text: string): E.Either<string, Address> {
  const [, host, digits] = /^([\w.-]{1,253}):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  return host === undefined || port > 65535
    ? E.left(`${JSON.stringify(text.slice(0, 64))} is not address:port`)
    : E.right({ host, port });
}

/** The inverse of {@link parseAddress}. */
export const formatAddress = ({ host, port }: Address): string => `${host}:${port}`;
