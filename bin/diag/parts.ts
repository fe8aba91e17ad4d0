import * as E from 'fp-ts/lib/Either.js';
import { type FileKey, fileNames } from '../../lib/check/files.js';
import { systemClock } from '../../lib/clock/system-clock.js';
import { shownConfig } from '../../lib/diag/config-files.js';
import { systemLines } from '../../lib/diag/system.js';
import { statusText } from '../../lib/status/show.js';
import { readText } from '../../lib/storage/read-text.js';
import { check } from '../check/check.js';
import { findingText } from '../check/finding-text.js';
import { nowFor } from '../status/look.js';
import { styleFor } from '../style.js';
import { versionText } from '../version.js';
import { listedFiles } from './files.js';
import { journal } from './journal.js';
import { type Part, unread, whole } from './part.js';
import { deadLetters, recording, spool } from './stored.js';
import { systemFacts } from './system.js';

const versions: Part = {
  file: 'versions.txt',
  about: 'cvmqtt and Node.js',
  collect: () =>
    whole([versionText, ...Object.entries(process.versions).map(([name, of]) => `${name} ${of}`)]),
};

/** The files of cvmain's configuration directory that the daemon reads; the last two are optional. */
const keys: readonly FileKey[] = ['cvmain', 'credentials', 'integrations', 'settings', 'ca'];

const configuration = keys.map(
  (key): Part => ({
    file: `config/${fileNames[key]}${key === 'ca' ? '.txt' : ''}`,
    about: key === 'ca' ? 'whose certificates these are' : 'the fields that cvmqtt reads, without secrets',
    collect: ({ layout }) => {
      const text = readText(layout[key]);
      if (E.isRight(text)) {
        const shown = shownConfig(key, text.right);
        return E.isRight(shown)
          ? whole(shown.right)
          : unread(`${shown.left}; ${text.right.length} characters`);
      }
      if (text.left.reason === 'unreadable') return unread(text.left.detail);
      return key === 'ca' || key === 'settings'
        ? whole(['does not exist: optional'])
        : unread('does not exist');
    },
  }),
);

const checked: Part = {
  file: 'check.txt',
  about: 'cvmqtt check, with cvmain and the broker',
  collect: async ({ layout, stateDirectory }) =>
    whole(
      (await check(layout.root, stateDirectory, false)).map((finding) => findingText(finding, styleFor({}))),
    ),
};

const status: Part = {
  file: 'status.txt',
  about: 'what the daemon does',
  collect: ({ status }) => {
    if (E.isLeft(status)) return unread(status.left.detail);
    const { snapshot, runs } = status.right;
    const lines = statusText(snapshot, nowFor(snapshot), systemClock.wallMs());
    return whole(runs ? lines : ['the daemon is gone without stopping; its last status:', ...lines]);
  },
};

const statusJson: Part = {
  file: 'status.json',
  about: 'the same for programs',
  collect: ({ status }) =>
    E.isLeft(status) ? unread('see status.txt') : whole([JSON.stringify(status.right.snapshot, null, 2)]),
};

const system: Part = {
  file: 'system.txt',
  about: 'uptime, memory, disks, clock, interfaces',
  collect: async ({ layout, stateDirectory }) =>
    whole(systemLines(await systemFacts([layout.root, stateDirectory]))),
};

/** The parts of the archive. A new one needs a line here, and a row in docs/diag.md. */
export const parts: readonly Part[] = [
  versions,
  ...configuration,
  listedFiles,
  checked,
  status,
  statusJson,
  journal,
  deadLetters,
  spool,
  recording,
  system,
];
