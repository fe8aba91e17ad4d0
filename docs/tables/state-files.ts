import { stateFormats } from '../../lib/storage/state-formats.js';
import { markdownTable } from './table.js';

interface StateFile {
  readonly file: string;
  /** What a version does with a file of a newer format. */
  readonly rollback: string;
  /** What the newer version does when it runs again. */
  readonly upgrade: string;
}

const about: { readonly [Key in keyof typeof stateFormats]: StateFile } = {
  spool: {
    file: 'spool.ndjson',
    rollback:
      'moves it to `spool.ndjson.v2` (the number is its format), byte for byte, and starts an empty one: new messages are delivered, those in it are not. If that name is taken, it runs without a spool',
    upgrade: 'puts the messages in it before those of the spool, then removes it',
  },
  sessions: {
    file: 'sessions.json',
    rollback: 'moves it to `sessions.json.v2`, and starts an empty one: retained commands may run once more',
    upgrade: 'adds it to the record as its earlier part, then removes it',
  },
  unacknowledged: {
    file: 'unacknowledged.json',
    rollback: 'removes it, as it is for one run only: the messages in it may be delivered again',
    upgrade: 'finds none',
  },
  deadLetters: {
    file: 'dead-letters.ndjson',
    rollback:
      'adds its own letters, each with its format; `cvmqtt dead-letters` counts the newer ones as broken, and neither shows nor sends them',
    upgrade: 'reads all of them',
  },
  replayed: {
    file: 'dead-letters-replayed.ndjson',
    rollback:
      '`cvmqtt dead-letters` ends with code 1, as it would send letters again; the daemon does not need it',
    upgrade: 'reads it',
  },
  status: {
    file: 'status-….json',
    rollback: '`cvmqtt status` says that a newer version wrote it; the daemon replaces its own',
    upgrade: 'reads it',
  },
  capture: {
    file: 'a capture or a flight recorder (`cvmqtt_capture`)',
    rollback:
      '`cvmqtt replay` and `cvmqtt report` say that one line is broken, and why, and read none of it; the daemon continues the file of its recorder with a part of its own',
    upgrade: 'reads it',
  },
};

const row = (key: keyof typeof stateFormats): readonly string[] => {
  const { file, rollback, upgrade } = about[key];
  return [/ /.test(file) ? file : `\`${file}\``, String(stateFormats[key]), rollback, upgrade];
};

const keys: readonly (keyof typeof stateFormats)[] = [
  'spool',
  'sessions',
  'unacknowledged',
  'deadLetters',
  'replayed',
  'status',
  'capture',
];

/** The files that cvmqtt writes and reads again, with the format of this version. */
export const stateFilesTable = (): string =>
  markdownTable([
    ['file', 'format', 'a version that finds a newer format', 'when the newer version runs again, it'],
    ...keys.map(row),
  ]);
