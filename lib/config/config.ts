import { stat } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type ReadFailure, readText } from '../storage/read-text.js';
import { parseCertificates } from './certificates.js';
import { type CvmainConfig, parseCvmainConfig } from './cvmain-config.js';
import { isTorn } from './json-with-comments.js';
import { type Layout, layout } from './layout.js';
import type { ConfigProblem } from './problem.js';
import { defaultSettings, parseSettings, type Settings } from './settings.js';

/** The configuration of a run. Credentials and integrations are read separately, as they change at run time. */
export interface Config {
  readonly layout: Layout;
  readonly cvmain: CvmainConfig;
  readonly settings: Settings;
  /** The certificate authority for the broker, PEM. */
  readonly ca?: string;
}

/**
 * Reads cvmain's configuration directory once (docs/domain.md#configuration), for a command that somebody waits for.
 * Left: the first thing that is missing or wrong. The daemon waits for valid files instead, see `configurations`.
 */
export async function readConfig(root: string): Promise<E.Either<ConfigProblem, Config>> {
  const files = layout(root);
  if (!(await isDirectory(root)))
    return problem(root, 'is not a readable directory', "give cvmain's configuration directory");

  const cvmain = readFile(files.cvmain, parseCvmainConfig);
  if (E.isLeft(cvmain)) return cvmain;
  if (cvmain.right === undefined) {
    return problem(files.cvmain, 'does not exist', `check that ${root} is cvmain's configuration directory`);
  }
  const settings = readFile(files.settings, parseSettings);
  if (E.isLeft(settings)) return settings;
  const ca = readFile(files.ca, parseCertificates);
  if (E.isLeft(ca)) return ca;
  return E.right({
    layout: files,
    cvmain: cvmain.right,
    settings: settings.right ?? defaultSettings,
    ...(ca.right === undefined ? {} : { ca: ca.right }),
  });
}

/** Whether `path` is a directory that can be examined. */
export const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * A problem of cvmqtt's own settings that only a person can correct: an invalid key or value, or an unreadable file.
 * Undefined for valid and torn files, see {@link isTorn}.
 */
export const settingsProblem = ({ settings }: Layout): ConfigProblem | undefined =>
  pipe(
    readFile(settings, (text) => (isTorn(text) ? E.right(undefined) : parseSettings(text))),
    E.match(
      (found) => found,
      () => undefined,
    ),
  );

/** Reads and decodes a file; undefined if it does not exist. */
export function readFile<A>(
  file: string,
  parse: (text: string) => E.Either<string, A>,
): E.Either<ConfigProblem, A | undefined> {
  const text = readText(file);
  if (E.isLeft(text)) return unread(file, text.left);
  const parsed = parse(text.right);
  return E.isLeft(parsed) ? problem(file, parsed.left, 'correct it and start again') : parsed;
}

const unread = (file: string, failure: ReadFailure): E.Either<ConfigProblem, undefined> =>
  failure.reason === 'absent' ? E.right(undefined) : problem(file, failure.detail, 'make it a readable file');

const problem = (file: string, detail: string, remedy: string): E.Either<ConfigProblem, never> =>
  E.left({ file, detail, remedy });
