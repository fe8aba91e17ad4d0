import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { type Receipt, ReceiptJson, receiptOfJson } from '../clock/receipt.js';
import type { Publish } from '../rules/message/publish.js';
import { PublishJson, publishOfJson } from '../rules/message/publish-json.js';
import { type Reason, reasons } from '../rules/rejection.js';
import { decodeState, stateFormats, type Unread } from '../storage/state-formats.js';
import { Count } from '../util/codec.js';
import { isTime } from '../util/time.js';

/** A dead letter, as read from its file. */
export interface Letter {
  /** Stays the same while the letter exists, even after a rotation of the files. */
  readonly id: string;
  readonly reason: Reason;
  readonly detail: string;
  /** The full name, if it could be decoded. */
  readonly name?: string;
  /** See `messageKey`; absent if an earlier version wrote the letter. */
  readonly key?: string;
  /** Number of calls to cvmain before it was dead-lettered. */
  readonly attempts: number;
  /** Wall clock, ms since the epoch. */
  readonly settledAt: number;
  readonly publish: Publish;
  /** Undefined if an earlier version wrote the letter. */
  readonly receipt: Receipt | undefined;
}

const isReason = (value: unknown): value is Reason => reasons.some((reason) => reason === value);

const KnownReason = new t.Type<Reason>(
  'a reason of a dead letter',
  isReason,
  (value, context) => (isReason(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);

/** The format that `deadLetterLine` writes. */
const LetterJson = t.intersection([
  t.type({
    reason: KnownReason,
    detail: t.string,
    attempts: Count,
    settled_at: t.refinement(t.string, (time) => isTime(Date.parse(time)), 'a time'),
  }),
  t.partial({ name: t.string, key: t.string, receipt: ReceiptJson }),
  PublishJson,
]);

/** Parses a line that `deadLetterLine` wrote. */
export const parseLetter = (line: string, id: string): E.Either<Unread, Letter> =>
  pipe(
    decodeState(LetterJson, stateFormats.deadLetters)(line),
    E.map((json) => ({
      id,
      reason: json.reason,
      detail: json.detail,
      ...(json.name === undefined ? {} : { name: json.name }),
      ...(json.key === undefined ? {} : { key: json.key }),
      attempts: json.attempts,
      settledAt: Date.parse(json.settled_at),
      publish: publishOfJson(json, 1),
      receipt: receiptOfJson(json.receipt),
    })),
  );
