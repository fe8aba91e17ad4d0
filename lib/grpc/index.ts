/**
 * Unary gRPC calls over `node:http2`: a client for a server on this machine or nearby, without code generation, proxies,
 * TLS, streaming, compression, name resolution beyond the system's, or retries. It needs Node.js 20 and fp-ts's `Either`.
 *
 *     const channel = new Channel('127.0.0.1:7777', { userAgent: 'my-program' });
 *     const message = Buffer.concat([Buffer.alloc(prefixBytes), bytes]);
 *     message.writeUInt32BE(bytes.length, 1);
 *     const cancel = channel.call({ path: '/my.Service/do_it', message, deadlineMs: 1_000 }, (result) => {
 *       // Right: the bytes of the answer. Left: { code, details }, see `status`.
 *     });
 *     channel.close();
 *
 * - A message is bytes, after the prefix of 5 bytes that gRPC has on the wire; any protobuf library encodes it.
 * - One connection at a time, made at the first call and again at the next call after it was lost. After a failure to
 *   connect, calls fail at once with UNAVAILABLE for 100 ms, then 200, then 300: the caller decides when to retry.
 * - Each call ends once: with an answer, a status, DEADLINE_EXCEEDED after `deadlineMs`, or unreported once it is
 *   cancelled. The deadline is sent to the server, and a call that is late or cancelled is reset. Nothing is reported
 *   before `call` returns.
 * - Nothing is sent twice, except once a call that the server refused unread (RFC 9113, 8.7).
 * - An answer has 4 MiB at most, a status message 1,024 characters; a connection holds 256 MB.
 * - An HTTP status other than 200, or another content type, does not come from a gRPC server: UNAVAILABLE, unlike
 *   https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md.
 * - A late call pings the server, and the connection is dropped if that is not answered: a dead connection raises no
 *   error. Servers count pings as abuse (gRPC proposal A8), so there is one until the next answer, or every 310 s.
 * - GOAWAY: calls under way are finished, later ones use another connection.
 */
export { Channel } from './channel.js';
export type { LinkOptions } from './link.js';
export { prefixBytes } from './message-reader.js';
export {
  type CallStatus,
  cutDetails,
  maxDetails,
  problemOfHttp,
  status,
  statusName,
} from './status.js';
export type { CallRequest, CallResult } from './unary-call.js';
