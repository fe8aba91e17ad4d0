import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What is known of a request before it is read. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** The page that may ask. */
export interface Own {
  readonly port: number;
  /** Secret that only the page knows. */
  readonly token: string;
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 403 | 405 | 415;
  readonly detail: string;
}

/** The header that carries the token. */
export const tokenHeader = 'x-cvmqtt-token';

/**
 * Whether a request may be answered; undefined if so. Other sites, which a developer has open in the same browser, must
 * neither read the page nor use it:
 * - `Host` must be one of ours, else a name of theirs was made to resolve to 127.0.0.1 (DNS rebinding).
 * - They can send a POST here without seeing the answer: its `Origin` must be ours, and it must carry the page's token.
 * - A GET changes nothing; of what is fetched, theirs get only the page itself, by a link to it.
 */
export const refusalOf = ({ method, path, headers }: Asked, { port, token }: Own): Refusal | undefined => {
  const { host = '', origin } = headers;
  if (!hostsOf(port).includes(host)) return { status: 403, detail: 'the host is not this page' };
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  if (method === 'GET') {
    if (isAction(path)) return { status: 405, detail: 'only POST' };
    return isOwn || path === '/' ? undefined : { status: 403, detail: 'from another site' };
  }
  if (method !== 'POST') return { status: 405, detail: 'only GET and POST' };
  if (!isAction(path)) return { status: 405, detail: 'only GET' };
  if (origin !== `http://${host}` || !isOwn) return { status: 403, detail: 'from another site' };
  const given = headers[tokenHeader];
  if (typeof given !== 'string' || !isSame(given, token))
    return { status: 403, detail: 'without the token of the page: load it again' };
  return headers['content-type'] === 'application/json'
    ? undefined
    : { status: 415, detail: 'must be application/json' };
};

/** Paths that change something. */
const isAction = (path: string): boolean => path.startsWith('/do/');

const hostsOf = (port: number): readonly string[] =>
  ['127.0.0.1', 'localhost'].flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));

const isSame = (given: string, token: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
};
