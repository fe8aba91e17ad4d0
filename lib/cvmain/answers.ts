import * as E from 'fp-ts/lib/Either.js';
import { type CallStatus, maxDetails, status, statusName } from '../grpc/index.js';
import type { Outcome } from '../rules/delivery/outcome.js';
import { withoutJwts } from '../util/jwt.js';
import { shortened } from '../util/printable.js';
import type { BasicResponse, WrappedResponse } from './messages.js';

/**
 * Statuses that mean no answer: cvmain is probed before the next call. Otherwise a cvmain that hangs would find each
 * message many times when it continues, as it still executes late calls.
 */
const silent: ReadonlySet<number> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED]);

/** Statuses by which a server rejects a request for good. */
const verdicts: ReadonlySet<number> = new Set([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.DATA_LOSS,
  status.UNAUTHENTICATED,
]);

/**
 * The outcome of a call that failed, without tokens in its text, provided that cvmain itself answered it, which {@link proven} decides.
 *
 * | how it failed | cvmain serves before and after | else |
 * |---|---|---|
 * | UNAVAILABLE, DEADLINE_EXCEEDED; no connection, HTTP/1.1, a page with any HTTP status | away | away |
 * | CANCELLED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNIMPLEMENTED, UNKNOWN without details, a number that gRPC does not have; an answer that is cut or broken (INTERNAL) | failed | away |
 * | INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION, OUT_OF_RANGE, DATA_LOSS, UNAUTHENTICATED, UNKNOWN with details; `success=false` | refused | away |
 *
 * CANCELLED can heal: a C-core server that shuts down cancels the calls it has not begun. UNIMPLEMENTED can heal: a newer
 * cvmain has the call.
 */
export const outcomeOfError = ({ code, details }: CallStatus): Outcome => {
  const detail = `${statusName(code)}: ${withoutJwts(details)}`;
  if (silent.has(code)) return { kind: 'away', detail };
  const isVerdict = verdicts.has(code) || (code === status.UNKNOWN && details !== '');
  return { kind: isVerdict ? 'refused' : 'failed', detail };
};

/** The outcome of an answered call. */
export const outcomeOfAnswer = (answer: BasicResponse): Outcome =>
  answer.success
    ? { kind: 'accepted' }
    : { kind: 'refused', detail: `cvmain refused it, ${reasonOf(answer)}` };

/**
 * The final outcome, given whether cvmain answered `get_version` before and after the call. A refusal or failure by
 * another server is no verdict on the message (docs/architecture.md#decision-5): cvmain is away then.
 */
export const proven = (
  outcome: Outcome,
  serves: { readonly before: boolean; readonly after: boolean },
): Outcome =>
  outcome.kind === 'accepted' || outcome.kind === 'away' || (serves.before && serves.after)
    ? outcome
    : { kind: 'away', detail: `${outcome.detail} (not from a cvmain that answers get_version)` };

/**
 * The token in an answer of `get_auth_token`; undefined if none is available yet, which cvmain reports with an empty
 * one (docs/domain.md#broker). Left says what is wrong, without quoting the answer.
 */
export const tokenOfAnswer = (answer: WrappedResponse): E.Either<string, string | undefined> =>
  E.map((token: string) => (token === '' ? undefined : token))(textOf('get_auth_token', answer));

/** cvmain's text about a token, without anything that could be one of any kind: three parts separated by dots. */
export const withoutTokens = (words: string): string =>
  words.replace(/[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '(a token)');

/** Maximum length of a version in the log, characters. */
const maxVersion = 100;

/** The version in an answer, cut after 100 characters; Left says what is wrong. */
export const versionOfAnswer =
  (rpc: 'get_version' | 'get_protocol_version') =>
  (answer: WrappedResponse): E.Either<string, string> =>
    E.map((version: string) => withoutJwts(shortened(version, maxVersion)))(textOf(rpc, answer));

const textOf = (rpc: string, { resp, text }: WrappedResponse): E.Either<string, string> => {
  if (resp === undefined) return E.left(`the answer of ${rpc} has no resp`);
  return resp.success ? E.right(text) : E.left(`${rpc} failed, ${reasonOf(resp)}`);
};

const reasonOf = ({ code, errMsg }: BasicResponse): string =>
  `code ${code}: ${withoutJwts(shortened(errMsg, maxDetails))}`;
