import { join } from 'node:path';
import type { Clock } from '../../clock/clock.js';
import { type SessionRecord, sessionRecord } from '../../storage/session-record.js';
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

/** Reads what an earlier process left in the state directory, if it ended cleanly. */
export const knownSessions = async (
  stateDirectory: string,
  clock: Clock,
  files = systemFiles,
): Promise<KnownSessions> => {
  const path = join(stateDirectory, 'unacknowledged.json');
  const ackWindow = new AckWindow(await takeUnacknowledged(path, clock, files));
  const record = sessionRecord(join(stateDirectory, 'sessions.json'), files);
  return {
    ackWindow,
    record,
    close: async () => {
      await record.written();
      await keepUnacknowledged(path, clock, ackWindow.settled(), files);
    },
  };
};
