import * as E from 'fp-ts/lib/Either.js';
import type { Outcome } from '../delivery/outcome.js';
import { shortened } from '../log/printable.js';
import type { BasicResponse, WrappedResponse } from './messages.js';
import { type CallStatus, maxDetails, status, statusName } from './status.js';

/**
 * The statuses that say that cvmain itself may be away: it is probed before there is another call. One that hangs would
 * otherwise find each message many times when it goes on, as what came too late for the caller is still executed.
 */
const away: ReadonlySet<number> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED]);

/**
 * The others that can heal (design.md, decision 4). CANCELLED is not on its list: it is what a server of gRPC's C-core
 * answers to the calls that it has not begun when it is stopped, so a cvmain that restarts would refuse commands for good.
 */
const canHeal: ReadonlySet<number> = new Set([
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.INTERNAL,
  status.CANCELLED,
]);

/** What became of a call that ended with a status other than OK. */
export const outcomeOfError = ({ code, details }: CallStatus): Outcome => {
  const detail = `${statusName(code)}: ${details}`;
  if (away.has(code)) return { kind: 'away', detail };
  return canHeal.has(code) ? { kind: 'failed', detail } : { kind: 'refused', detail };
};

/** What became of a call that was answered. */
export const outcomeOfAnswer = (answer: BasicResponse): Outcome =>
  answer.success
    ? { kind: 'accepted' }
    : { kind: 'refused', detail: `cvmain refused it, ${reasonOf(answer)}` };

/**
 * The token in the answer of `get_auth_token`; undefined when none is available yet, which cvmain says with an empty one
 * (domain.md, "The broker"). Left says what is wrong with the answer, without a part of it.
 */
export const tokenOfAnswer = (answer: WrappedResponse): E.Either<string, string | undefined> =>
  E.map((token: string) => (token === '' ? undefined : token))(textOf('get_auth_token', answer));

/** The version in the answer of `get_version`; Left says what is wrong with the answer. */
export const versionOfAnswer = (answer: WrappedResponse): E.Either<string, string> =>
  textOf('get_version', answer);

const textOf = (rpc: string, { resp, text }: WrappedResponse): E.Either<string, string> => {
  if (resp === undefined) return E.left(`the answer of ${rpc} has no resp`);
  return resp.success ? E.right(text) : E.left(`${rpc} failed, ${reasonOf(resp)}`);
};

const reasonOf = ({ code, errMsg }: BasicResponse): string =>
  `code ${code}: ${shortened(errMsg, maxDetails)}`;
