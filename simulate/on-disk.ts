import type { Sent } from './ledger.js';
import { files } from './model/site.js';

/** Paths of the daemon's files. */
export const paths = {
  spool: `${files.state}/spool.ndjson`,
  letters: `${files.state}/dead-letters.ndjson`,
  sessions: `${files.state}/sessions.json`,
} as const;

/** A mark that only this message has in its payload. */
export const markOf = ({ id }: Sent): string => `m${id}x`;

/** The content of a file without an incomplete last line. */
export const wholeLines = (content: Buffer): Buffer => content.subarray(0, content.lastIndexOf('\n') + 1);
