import { AsyncResource } from 'node:async_hooks';
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';

/**
 * Whether a function that `AsyncResource.bind` made has the deprecated property `asyncResource` (DEP0172), which takes more
 * time than all else for a stream (nodejs/node#58218): Node.js 20 to 24, not 25.
 */
export const bindIsSlow = Object.hasOwn(
  new AsyncResource('cost of bind').bind(() => undefined),
  'asyncResource',
);

/**
 * `session.request(headers)`, at less cost on Node.js 20 to 24. `request` first binds a function to the asynchronous context,
 * for a session that is still connecting to call it later. A connected one calls it at once, in that same context, so
 * that this one `bind` is given its function back as it is. Every other call of `bind` is the real one. Throws what
 * `request` throws.
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
