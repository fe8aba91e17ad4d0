import { constants, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';

/** gRPC's statuses: https://grpc.github.io/grpc/core/md_doc_statuscodes.html. */
export const status = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** Status of a call, `OK` included. */
export interface CallStatus {
  /** One of {@link status}, or a number that gRPC does not have. */
  readonly code: number;
  readonly details: string;
}

const names = new Map<number, string>(Object.entries(status).map(([name, code]) => [code, name]));

/** `UNAVAILABLE`, or `status 99` where gRPC has no name for it. */
export const statusName = (code: number): string => names.get(code) ?? `status ${code}`;

/** Maximum length of a status message, characters: a header could have 64 KiB. */
export const maxDetails = 1_024;

/** Cuts a status message after {@link maxDetails} characters, with a mark. */
export const cutDetails = (details: string): string =>
  details.length > maxDetails ? `${details.slice(0, maxDetails)}…` : details;

/**
 * The status in the header block that ends an answer (gRPC over HTTP/2, "Responses"); INTERNAL if it is missing or not
 * a number. The message is percent-decoded, or taken as it is if that fails, and cut after 1,024 characters.
 */
export const statusOfTrailers = (trailers: IncomingHttpHeaders): CallStatus => {
  const code = trailers['grpc-status'];
  if (typeof code !== 'string' || !/^\d{1,9}$/.test(code))
    return { code: status.INTERNAL, details: 'the answer has no grpc-status' };
  const message = trailers['grpc-message'];
  const details = typeof message === 'string' ? cutDetails(percentDecoded(message)) : '';
  return { code: Number(code), details };
};

const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * What is wrong with the first header block of an answer, see {@link problemOfHttp}. Trailers-only answers need no
 * content type. Undefined if it is gRPC.
 */
export const problemOfHeaders = (
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
): CallStatus | undefined => {
  const contentType = headers['grpc-status'] === undefined ? headers['content-type'] : 'application/grpc';
  return problemOfHttp(headers[':status'] ?? 0, contentType);
};

/**
 * The status for an HTTP status other than 200, or a content type other than gRPC's. Always UNAVAILABLE, unlike
 * https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md: a server that answers with a page is not
 * the one that was called, so it says nothing about the call. Undefined if both are gRPC's.
 */
export const problemOfHttp = (
  httpStatus: number,
  contentType: string | undefined,
): CallStatus | undefined => {
  if (httpStatus !== 200)
    return { code: status.UNAVAILABLE, details: `the answer has HTTP status ${httpStatus}` };
  if (grpc.test(contentType ?? '')) return undefined;
  return { code: status.UNAVAILABLE, details: 'the answer is not of content type application/grpc' };
};

/** gRPC over HTTP/2, "Responses": `application/grpc`, `application/grpc+proto`; not `application/grpc-web`. */
const grpc = /^application\/grpc(?:\+proto)?\s*(?:;|$)/i;

const ofReset = new Map<number, number>([
  [constants.NGHTTP2_REFUSED_STREAM, status.UNAVAILABLE],
  [constants.NGHTTP2_CANCEL, status.CANCELLED],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, status.RESOURCE_EXHAUSTED],
]);

/** The status for a stream that the server reset with this HTTP/2 error code (gRPC over HTTP/2, "Errors"). */
export const statusOfReset = (rstCode: number): CallStatus => ({
  code: ofReset.get(rstCode) ?? status.INTERNAL,
  details: `the stream ended with HTTP/2 error code ${rstCode}, without a status`,
});
