import type { StatusObject } from '@grpc/grpc-js';
import { type CallStatus, cutDetails, problemOfHttp, status } from '../../grpc/index.js';

/** Message of grpc-js for an answer without `grpc-status`: the contract suite notices if an upgrade changes it. */
const withoutStatus = /^Received HTTP status code (\d+)$/;
const ofOwnTimer = /^Deadline exceeded after /;
const ofReset = 'Call cancelled';
/** Messages for failed connections, some with the time; they contain the reason. */
const ofConnecting =
  /^No connection established\. Last error: (?:Error: )?(.*?)(?: \([\d-]+T[\d:.]+Z\))?\. Resolution note: /s;

/** What the status of grpc-js leaves out. */
export interface Circumstances {
  readonly contentType: string | undefined;
  readonly deadlineMs: number;
  /** True if the deadline of the call has passed. */
  readonly isLate: boolean;
}

/**
 * Translates a status of grpc-js into that of `lib/grpc`: an HTTP status other than 200 is UNAVAILABLE, and says
 * nothing about the message; an answer without a status is INTERNAL; a stream that is reset at the deadline is
 * DEADLINE_EXCEEDED. Details are cut.
 */
export const statusOf = (
  { code, details }: Pick<StatusObject, 'code' | 'details'>,
  { contentType, deadlineMs, isLate }: Circumstances,
): CallStatus => {
  const [, http] = withoutStatus.exec(details) ?? [];
  if (http !== undefined) return problemOfHttp(Number(http), contentType) ?? noStatus;
  if (!Number.isInteger(code)) return noStatus;
  if (ofOwnTimer.test(details) || (isLate && code === status.CANCELLED && details === ofReset))
    return { code: status.DEADLINE_EXCEEDED, details: `no answer within ${deadlineMs} ms` };
  const [, reason = details] = ofConnecting.exec(details) ?? [];
  return { code, details: cutDetails(reason) };
};

/** Status of an answer without a valid one. */
export const noStatus: CallStatus = { code: status.INTERNAL, details: 'the answer has no grpc-status' };
