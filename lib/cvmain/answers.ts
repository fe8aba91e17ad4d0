import { type ServiceError, status } from '@grpc/grpc-js';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeWith } from '../codec.js';
import type { Outcome } from '../delivery/outcome.js';

/** `BasicResponse` (domain.md, "cvmain's gRPC interface"). */
const BasicResponse = t.type({ success: t.boolean, errMsg: t.string, code: t.number });

const GetAuthTokenResponse = t.type({ resp: BasicResponse, token: t.string });

const GetVersionResponse = t.type({ resp: BasicResponse, version: t.string });

/**
 * The statuses that say that cvmain itself may be away: it is probed before there is another call. One that hangs would
 * otherwise find each message many times when it goes on, as what came too late for the caller is still executed.
 */
const away: ReadonlySet<status> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED]);

/** The others that can heal (design.md, decision 4). */
const canHeal: ReadonlySet<status> = new Set([status.RESOURCE_EXHAUSTED, status.ABORTED, status.INTERNAL]);

/** What became of a call that ended with an error. */
export const outcomeOfError = ({ code, details }: Pick<ServiceError, 'code' | 'details'>): Outcome => {
  const detail = `${status[code] ?? `status ${code}`}: ${details}`;
  if (away.has(code)) return { kind: 'away', detail };
  return canHeal.has(code) ? { kind: 'failed', detail } : { kind: 'refused', detail };
};

/** What became of a call that was answered. An answer that is not what the interface says is no acceptance. */
export const outcomeOfAnswer = (answer: unknown): Outcome => {
  const decoded = decodeWith(BasicResponse)(answer);
  if (E.isLeft(decoded)) return { kind: 'refused', detail: `cvmain's answer is wrong: ${decoded.left}` };
  const { success, errMsg, code } = decoded.right;
  return success
    ? { kind: 'accepted' }
    : { kind: 'refused', detail: `cvmain refused it, code ${code}: ${errMsg}` };
};

/**
 * The token in the answer of `get_auth_token`; undefined when none is available yet, which cvmain says with an empty one
 * (domain.md, "The broker"). Left says what is wrong with the answer, without a part of it.
 */
export const tokenOfAnswer = (answer: unknown): E.Either<string, string | undefined> => {
  const decoded = decodeWith(GetAuthTokenResponse)(answer);
  if (E.isLeft(decoded)) return decoded;
  const { resp, token } = decoded.right;
  if (!resp.success) return E.left(`get_auth_token failed, code ${resp.code}: ${resp.errMsg}`);
  return E.right(token === '' ? undefined : token);
};

/** The version in the answer of `get_version`; Left says what is wrong with the answer. */
export const versionOfAnswer = (answer: unknown): E.Either<string, string> => {
  const decoded = decodeWith(GetVersionResponse)(answer);
  if (E.isLeft(decoded)) return decoded;
  const { resp, version } = decoded.right;
  return resp.success ? E.right(version) : E.left(`get_version failed, code ${resp.code}: ${resp.errMsg}`);
};
