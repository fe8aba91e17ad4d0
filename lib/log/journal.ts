import type { Level } from './record.js';

/**
 * Whether a file with this device and inode is the journal's stream that systemd gave the service: `JOURNAL_STREAM` is
 * `<device>:<inode>` of it, in decimal (systemd.exec(5)). A child whose output was redirected inherits the variable, too, so
 * it alone says nothing.
 */
export const isJournal = (
  stream: string | undefined,
  { dev, ino }: { readonly dev: bigint; readonly ino: bigint },
): boolean => stream === `${dev}:${ino}`;

/** The syslog priority of each level (sd-daemon(3)). */
const priorities: Readonly<Record<Level, number>> = { error: 3, warn: 4, info: 6, debug: 7 };

/** What the journal takes from the beginning of a line as its priority (sd-daemon(3)). */
export const journalPrefix = (level: Level): string => `<${priorities[level]}>`;
