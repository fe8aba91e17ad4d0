import * as E from 'fp-ts/lib/Either.js';
import { type Receipt, receiptOfJson } from '../../clock/receipt.js';
import type { Publish } from '../../rules/message/publish.js';
import { publishOfJson } from '../../rules/message/publish-json.js';
import type { Slot } from './spool-index.js';
import { parseSpoolLine } from './spool-record.js';

/** A message read from the spool. */
export interface SpooledPublish {
  readonly id: number;
  readonly publish: Publish;
  /** Undefined if an earlier version stored it. */
  readonly receipt: Receipt | undefined;
}

/** The message in the line of a slot; undefined if the line can't be read or is another one's. */
export const spooledIn = (line: string, { id, accepted }: Slot): SpooledPublish | undefined => {
  const record = parseSpoolLine(line);
  if (E.isLeft(record) || !('publish' in record.right) || record.right.id !== id) return undefined;
  const publish = publishOfJson(record.right.publish, -id);
  return {
    id,
    publish: accepted === undefined ? publish : { ...publish, accepted },
    receipt: receiptOfJson(record.right.receipt),
  };
};
