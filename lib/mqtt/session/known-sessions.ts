import { join } from 'node:path';
import type { Clock } from '../../clock/clock.js';
import { type SessionRecord, sessionRecord } from '../../storage/session-record.js';
import { keepUnacknowledged, takeUnacknowledged } from '../../storage/unacknowledged-file.js';
import { systemFiles } from '../../storage/whole-files.js';
import { AckWindow } from './ack-window.js';

/** What a process knows of the sessions at brokers, from its start to its end. */
export interface KnownSessions {
  readonly ackWindow: AckWindow;
  readonly record: SessionRecord;
  /** The end of the process: has on the disk what the next one needs. Never rejects. */
  close(): Promise<void>;
}

/** Begins with what an earlier process left in the state directory, if it could end as it was asked to. */
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
