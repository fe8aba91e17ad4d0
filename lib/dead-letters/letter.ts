import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { type Receipt, ReceiptJson, receiptOfJson } from '../clock/receipt.js';
import type { Publish } from '../rules/message/publish.js';
import { PublishJson, publishOfJson } from '../rules/message/publish-json.js';
import { type Reason, reasons } from '../rules/rejection.js';
import { Count, decodeJsonWith } from '../util/codec.js';
import { isTime } from '../util/time.js';

/** A dead letter as its file has it. */
export interface Letter {
  /** Its number: stays the same as long as the letter is there, wherever in the files. */
  readonly id: string;
  readonly reason: Reason;
  readonly detail: string;
  /** The full name, as far as it was understood. */
  readonly name?: string;
  /** Calls to cvmain before it was given up. */
  readonly attempts: number;
  /** Wall clock, ms since the epoch. */
  readonly settledAt: number;
  readonly publish: Publish;
  /** Undefined where an earlier version wrote it. */
  readonly receipt: Receipt | undefined;
}

const isReason = (value: unknown): value is Reason => reasons.some((reason) => reason === value);

const KnownReason = new t.Type<Reason>(
  'a reason of a dead letter',
  isReason,
  (value, context) => (isReason(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);

/** What `deadLetterLine` writes. */
const LetterJson = t.intersection([
  t.type({
    reason: KnownReason,
    detail: t.string,
    attempts: Count,
    settled_at: t.refinement(t.string, (time) => isTime(Date.parse(time)), 'a time'),
  }),
  t.partial({ name: t.string, receipt: ReceiptJson }),
  PublishJson,
]);

/** The letter of a line that `deadLetterLine` wrote. Left says what is wrong with it, without a part of it. */
export const parseLetter = (line: string, id: string): E.Either<string, Letter> =>
  pipe(
    decodeJsonWith(LetterJson)(line),
    E.map((json) => ({
      id,
      reason: json.reason,
      detail: json.detail,
      ...(json.name === undefined ? {} : { name: json.name }),
      attempts: json.attempts,
      settledAt: Date.parse(json.settled_at),
      publish: publishOfJson(json, 1),
      receipt: receiptOfJson(json.receipt),
    })),
  );
