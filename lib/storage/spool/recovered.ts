import * as E from 'fp-ts/lib/Either.js';
import { type Unread, unreadText } from '../state-formats.js';
import type { Slot } from './spool-index.js';
import { type Accepted, parseSpoolLine } from './spool-record.js';

/** A spool that a newer version wrote: the latest format in it. */
export type NewerSpool = Extract<Unread, { readonly reason: 'newer' }>;

/** Contents of a spool left by an earlier run. */
export interface Recovered {
  /** Slots of unsettled messages, in order. */
  readonly waiting: readonly Slot[];
  /** An id above all ids in use, as far as the lines show. */
  readonly nextId: number;
  /** Set if a newer version wrote any line: then nothing here was read. */
  readonly newer?: NewerSpool;
}

/** Reads all lines of a spool; reports broken ones to `broken` and skips them. */
export const recovered = (lines: Buffer, broken: (detail: string) => void): Recovered => {
  const settled = new Set<number>();
  const accepted = new Map<number, Accepted>();
  const found: Slot[] = [];
  const problems: string[] = [];
  let newer: NewerSpool | undefined;
  for (let offset = 0; offset < lines.length; ) {
    const end = lines.indexOf('\n', offset) + 1;
    const record = parseSpoolLine(lines.toString('utf8', offset, end - 1));
    if (E.isLeft(record)) {
      if (record.left.reason === 'broken')
        problems.push(`the line at byte ${offset} can't be read: ${unreadText(record.left)}`);
      else if (newer === undefined || newer.format < record.left.format) newer = record.left;
    } else if ('done' in record.right) for (const id of record.right.done) settled.add(id);
    else if ('accepted' in record.right) accepted.set(record.right.id, record.right.accepted);
    else {
      const { id, integration } = record.right;
      found.push({ id, integration, offset, bytes: end - offset });
    }
    offset = end;
  }
  if (newer !== undefined) return { waiting: [], nextId: 1, newer };
  for (const problem of problems) broken(problem);
  let highest = 0;
  for (const { id } of found) highest = Math.max(highest, id);
  // The message may be gone from the file; a reused id would count as settled at the next start.
  for (const id of settled) highest = Math.max(highest, id);
  const waiting = found.filter(({ id }) => !settled.has(id));
  return { waiting: waiting.map((slot) => withAccepted(slot, accepted.get(slot.id))), nextId: highest + 1 };
};

const withAccepted = (slot: Slot, accepted: Accepted | undefined): Slot =>
  accepted === undefined ? slot : { ...slot, accepted };
