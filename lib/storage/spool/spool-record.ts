import type * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Receipt, ReceiptJson, receiptToJson } from '../../clock/receipt.js';
import type { Publish } from '../../rules/message/publish.js';
import { PublishJson, publishToJson, TargetKind } from '../../rules/message/publish-json.js';
import { decodeState, stateFormats, type Unread } from '../state-formats.js';

/** Well below 2^53, so that the following ids are exact too. */
const idBound = 2 ** 52;

const Id = t.refinement(t.Int, (n) => n > 0 && n < idBound, 'an id');

const MessageRecord = t.intersection([
  t.type({ id: Id, integration: t.string, publish: PublishJson }),
  // Earlier versions wrote none.
  t.partial({ receipt: ReceiptJson }),
]);

const DoneRecord = t.type({ done: t.array(Id) });

const AcceptedRecord = t.type({ id: Id, accepted: t.readonlyArray(TargetKind) });

/** A line of the spool: a message, ids of settled ones, or targets that have accepted a message since. */
const SpoolRecord = t.union([MessageRecord, DoneRecord, AcceptedRecord]);

type SpoolRecord = t.TypeOf<typeof SpoolRecord>;

export type MessageRecord = t.TypeOf<typeof MessageRecord>;

/** Targets that have accepted a message. */
export type Accepted = NonNullable<Publish['accepted']>;

/** A message as stored. */
export interface ToSpool {
  readonly integration: string;
  readonly publish: Publish;
  readonly receipt: Receipt;
}

/** The line of a message, with its end. */
export const messageLine = (id: number, { integration, receipt, publish }: ToSpool): string =>
  lineOf({ id, integration, receipt: receiptToJson(receipt), publish: publishToJson(publish) });

/** The line with the targets that have accepted a message, with its end. */
export const acceptedLine = (id: number, accepted: Accepted): string => lineOf({ id, accepted });

/** The line with ids of settled messages, with its end. */
export const doneLine = (ids: readonly number[]): string => lineOf({ done: ids });

/** The line that says that the messages of the kept file with this digest are here now; it settles nothing. */
export const takenBackLine = (sha256: string): string => lineOf({ done: [], taken_back: sha256 });

/** The same message under another id, with all its fields. */
export const renumberedLine = (id: number, record: MessageRecord): string => lineOf({ ...record, id });

const lineOf = (record: object): string => `${JSON.stringify({ format: stateFormats.spool, ...record })}\n`;

/** Parses a line given without its end. */
export const parseSpoolLine: (line: string) => E.Either<Unread, SpoolRecord> = decodeState(
  SpoolRecord,
  stateFormats.spool,
);
