import { fstatSync } from 'node:fs';
import { isJournal, journalPrefix } from '../lib/log/journal.js';
import type { Level } from '../lib/log/record.js';

/** True if this standard stream, 1 or 2, is the journal of systemd. */
export const isJournalStream = (fd: 1 | 2): boolean => {
  const stream = process.env['JOURNAL_STREAM'];
  return stream !== undefined && isJournal(stream, fstatSync(fd, { bigint: true }));
};

/** A text for one of these streams: in the journal, each line of it has the priority of the level. */
export const forStream = (fd: 1 | 2, level: Level, text: string): string =>
  isJournalStream(fd) ? text.replaceAll(/^/gm, journalPrefix(level)) : text;
