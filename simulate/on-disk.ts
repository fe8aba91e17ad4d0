import type { Sent } from './ledger.js';
import { files } from './model/site.js';

/** Where the daemon's files are. */
export const paths = {
  spool: `${files.state}/spool.ndjson`,
  letters: `${files.state}/dead-letters.ndjson`,
  sessions: `${files.state}/sessions.json`,
} as const;

/** What no other message has in its bytes. */
export const markOf = ({ id }: Sent): string => `m${id}x`;

/** A file without a last line that is not at its end. */
export const wholeLines = (content: Buffer): Buffer => content.subarray(0, content.lastIndexOf('\n') + 1);
