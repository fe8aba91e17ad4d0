import * as E from 'fp-ts/lib/Either.js';
import type { Slot } from './spool-index.js';
import { type Accepted, parseSpoolLine } from './spool-record.js';

/** Contents of a spool left by an earlier run. */
export interface Recovered {
  /** Slots of unsettled messages, in order. */
  readonly waiting: readonly Slot[];
  /** An id above all ids in use, as far as the lines show. */
  readonly nextId: number;
}

/** Reads all lines of a spool; reports broken ones to `broken` and skips them. */
export const recovered = (lines: Buffer, broken: (detail: string) => void): Recovered => {
  const settled = new Set<number>();
  const accepted = new Map<number, Accepted>();
  const found: Slot[] = [];
  for (let offset = 0; offset < lines.length; ) {
    const end = lines.indexOf('\n', offset) + 1;
    const record = parseSpoolLine(lines.toString('utf8', offset, end - 1));
    if (E.isLeft(record)) broken(`the line at byte ${offset} can't be read: ${record.left}`);
    else if ('done' in record.right) for (const id of record.right.done) settled.add(id);
    else if ('accepted' in record.right) accepted.set(record.right.id, record.right.accepted);
    else {
      const { id, integration } = record.right;
      found.push({ id, integration, offset, bytes: end - offset });
    }
    offset = end;
  }
  let highest = 0;
  for (const { id } of found) highest = Math.max(highest, id);
  // The message may be gone from the file; a reused id would count as settled at the next start.
  for (const id of settled) highest = Math.max(highest, id);
  const waiting = found.filter(({ id }) => !settled.has(id));
  return { waiting: waiting.map((slot) => withAccepted(slot, accepted.get(slot.id))), nextId: highest + 1 };
};

const withAccepted = (slot: Slot, accepted: Accepted | undefined): Slot =>
  accepted === undefined ? slot : { ...slot, accepted };
