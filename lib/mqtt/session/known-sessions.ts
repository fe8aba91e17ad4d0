import { join } from 'node:path';
import type { Clock } from '../../clock/clock.js';
import { keepSessionsAside, takeSessionsBack } from '../../storage/kept-sessions.js';
import { type SessionRecord, sessionRecord } from '../../storage/session-record.js';
import { type NewerFile, newerFormat, stateFormats } from '../../storage/state-formats.js';
import { keepUnacknowledged, takeUnacknowledged } from '../../storage/unacknowledged-file.js';
import { systemFiles } from '../../storage/whole-files.js';
import { AckWindow } from './ack-window.js';

/** State of the broker sessions, for the lifetime of a process. */
export interface KnownSessions {
  readonly ackWindow: AckWindow;
  readonly record: SessionRecord;
  /** Writes what the next process needs; resolves when it is on the disk. Never rejects. */
  close(): Promise<void>;
}

/**
 * Reads what an earlier process left in the state directory, if it ended cleanly. `newer` reports each file that a newer
 * version wrote.
 */
export const knownSessions = async (
  stateDirectory: string,
  clock: Clock,
  newer: (found: NewerFile) => void,
  files = systemFiles,
): Promise<KnownSessions> => {
  const path = join(stateDirectory, 'unacknowledged.json');
  const reads = stateFormats.unacknowledged;
  const format = newerFormat(files.read(path), reads);
  const effect = 'removed, as it is for one run only: messages in it may be delivered again';
  if (format !== undefined) newer({ file: path, format, reads, effect });
  const ackWindow = new AckWindow(await takeUnacknowledged(path, clock, files));
  const sessions = join(stateDirectory, 'sessions.json');
  const aside = await keepSessionsAside(sessions, files);
  if (aside !== undefined) newer(aside);
  await takeSessionsBack(sessions, files);
  const record = sessionRecord(sessions, files);
  return {
    ackWindow,
    record,
    close: async () => {
      await record.written();
      await keepUnacknowledged(path, clock, ackWindow.settled(), files);
    },
  };
};
