import * as E from 'fp-ts/lib/Either.js';
import { parseCertificates } from '../config/certificates.js';
import { parseCredentials } from '../config/credentials.js';
import { parseCvmainConfig } from '../config/cvmain-config.js';
import { doubledKeys } from '../config/doubled-keys.js';
import { isTorn } from '../config/json-with-comments.js';
import { parseSettings, settingsProblems } from '../config/settings.js';
import { parseIntegrations } from '../rules/routing/integrations.js';
import type { ReadFailure } from '../storage/read-text.js';
import { shortened } from '../util/printable.js';
import { type Finding, failing, good, settingsInvalid, warning } from './finding.js';

/** A file as it was read. */
export interface FileFacts {
  readonly text: E.Either<ReadFailure, string>;
  /** Permission bits; absent if the file is missing. */
  readonly mode?: number;
}

/** The files of cvmain's configuration directory, by their names in it. */
export const fileNames = {
  cvmain: 'config.json',
  credentials: 'mq/mq.json',
  integrations: 'mq/integrations.json',
  settings: 'mq/cvmqtt.json',
  ca: 'mq/ca.pem',
} as const;

/** A file that is checked. */
export type FileKey = keyof typeof fileNames;

type Parse = (text: string) => E.Either<string, unknown>;

const parsers: Readonly<Record<FileKey, Parse>> = {
  cvmain: parseCvmainConfig,
  credentials: parseCredentials,
  integrations: parseIntegrations,
  settings: parseSettings,
  ca: parseCertificates,
};

const absences: Readonly<Record<FileKey, (subject: string) => Finding>> = {
  cvmain: (subject) =>
    failing(subject, 'file-absent', 'does not exist', "check that this is cvmain's configuration directory"),
  credentials: (subject) =>
    warning(
      subject,
      'file-absent',
      'does not exist: this unit has no login yet',
      'register the unit in cvmain',
    ),
  integrations: (subject) =>
    warning(subject, 'file-absent', 'does not exist: no app has registered', 'start the apps of this unit'),
  settings: (subject) => good(subject, 'file-absent', 'does not exist: the default settings apply'),
  ca: (subject) => good(subject, 'file-absent', "does not exist: the system's authorities apply"),
};

/** What one file says, by the codec that the daemon reads it with, and who may read and write it. */
export const fileFindings = (key: FileKey, { text, mode }: FileFacts): readonly Finding[] => [
  ...contentFindings(key, text),
  ...(key === 'ca' || E.isLeft(text) ? [] : doubledFindings(fileNames[key], text.right)),
  ...(mode === undefined ? [] : modeFindings(key, mode)),
];

/** One finding; of invalid settings, one for each key that is wrong. */
const contentFindings = (key: FileKey, text: E.Either<ReadFailure, string>): readonly Finding[] => {
  const found = contentFinding(key, text);
  if (found.code !== settingsInvalid || E.isLeft(text)) return [found];
  return settingsProblems(text.right).map((problem) => ({ ...found, text: problem }));
};

const contentFinding = (key: FileKey, text: E.Either<ReadFailure, string>): Finding => {
  const subject = fileNames[key];
  if (E.isLeft(text)) {
    if (text.left.reason === 'absent') return absences[key](subject);
    const code = key === 'settings' ? settingsInvalid : 'file-unreadable';
    return failing(subject, code, text.left.detail, 'make it a file that the user of cvmqtt can read');
  }
  const parsed = parsers[key](text.right);
  if (E.isRight(parsed)) {
    return key === 'credentials' && parsed.right === undefined
      ? warning(subject, 'login-absent', 'has no complete login yet', 'register the unit in cvmain')
      : good(subject, 'file-valid', 'is valid');
  }
  if (isTorn(text.right)) {
    const advice = 'wait until it is written, or write it again: a power cut may have torn it';
    return warning(subject, 'file-torn', `${parsed.left}: it is empty or cut off`, advice);
  }
  const code = key === 'settings' ? settingsInvalid : 'file-invalid';
  return failing(subject, code, parsed.left, 'correct it');
};

const doubledFindings = (subject: string, text: string): readonly Finding[] =>
  doubledKeys(text).map((key) =>
    warning(
      subject,
      'doubled-key',
      `has the key ${shortened(key, 100)} more than once: the last one counts`,
      'remove the others',
    ),
  );

const othersRead = 0o004;
const othersWrite = 0o002;

const modeFindings = (key: FileKey, mode: number): readonly Finding[] => {
  const subject = fileNames[key];
  const octal = (mode & 0o777).toString(8).padStart(3, '0');
  const text = `every user of this machine can`;
  const isSecret = key === 'credentials';
  if ((mode & othersWrite) !== 0)
    return [warning(subject, 'file-writable', `${text} write it (mode ${octal})`, `chmod o-rwx ${subject}`)];
  if (isSecret && (mode & othersRead) !== 0)
    return [
      warning(subject, 'file-readable', `${text} read the login (mode ${octal})`, `chmod o-rwx ${subject}`),
    ];
  return [];
};
