import { AsyncResource } from 'node:async_hooks';
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';

/**
 * True if functions by `AsyncResource.bind` have the deprecated property `asyncResource` (DEP0172), which takes more
 * time than the rest of a stream (nodejs/node#58218): Node.js 20 to 24, not 25.
 */
export const bindIsSlow = Object.hasOwn(
  new AsyncResource('cost of bind').bind(() => undefined),
  'asyncResource',
);

/**
 * `session.request(headers)`, at less cost on Node.js 20 to 24. `request` first binds a function to the async context,
 * in case the session is still connecting. A connected session calls it at once in the same context, so this one `bind`
 * returns its function unchanged; all other calls are the real one. Throws what `request` throws.
 */
export const openStream = (session: ClientHttp2Session, headers: OutgoingHttpHeaders): ClientHttp2Stream => {
  if (!bindIsSlow || session.connecting) return session.request(headers);
  const { bind } = AsyncResource.prototype;
  AsyncResource.prototype.bind = (fn) => {
    AsyncResource.prototype.bind = bind;
    return fn;
  };
  try {
    return session.request(headers);
  } finally {
    AsyncResource.prototype.bind = bind;
  }
};
