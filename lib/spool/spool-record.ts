import type * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Receipt, ReceiptJson, receiptToJson } from '../clock/receipt.js';
import { decodeJsonWith } from '../codec.js';
import type { Publish } from '../message/publish.js';
import { PublishJson, publishToJson } from '../message/publish-json.js';

/** Far enough below 2^53 that the ids behind it are numbers, too. */
const idBound = 2 ** 52;

const Id = t.refinement(t.Int, (n) => n > 0 && n < idBound, 'an id');

const MessageRecord = t.intersection([
  t.type({ id: Id, integration: t.string, publish: PublishJson }),
  // Earlier versions wrote none.
  t.partial({ receipt: ReceiptJson }),
]);

const DoneRecord = t.type({ done: t.array(Id) });

/** A line of the spool: a message that waits, or the ids of messages that have been settled. */
export const SpoolRecord = t.union([MessageRecord, DoneRecord]);

export type SpoolRecord = t.TypeOf<typeof SpoolRecord>;

export type MessageRecord = t.TypeOf<typeof MessageRecord>;

/** A message as it is stored. */
export interface ToSpool {
  readonly integration: string;
  readonly publish: Publish;
  readonly receipt: Receipt;
}

/** The line of a message, with its end. */
export const messageLine = (id: number, { integration, receipt, publish }: ToSpool): string =>
  `${JSON.stringify({ id, integration, receipt: receiptToJson(receipt), publish: publishToJson(publish) })}\n`;

/** The line that says that messages are settled, with its end. */
export const doneLine = (ids: readonly number[]): string => `${JSON.stringify({ done: ids })}\n`;

/** Reads a line without its end. Left says what is wrong with it, without a part of it. */
export const parseSpoolLine: (line: string) => E.Either<string, SpoolRecord> = decodeJsonWith(SpoolRecord);
