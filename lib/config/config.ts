import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { type ReadFailure, readText } from '../files/read-text.js';
import { parseCredentials } from './credentials.js';
import { type CvmainConfig, parseCvmainConfig } from './cvmain-config.js';
import { type Layout, layout } from './layout.js';
import type { ConfigProblem } from './problem.js';
import { defaultSettings, parseSettings, type Settings } from './settings.js';

/** The configuration that holds for a run. The credentials and the integrations are not in it: they change. */
export interface Config {
  readonly layout: Layout;
  readonly cvmain: CvmainConfig;
  readonly settings: Settings;
  /** The certificate authority for the broker, PEM. */
  readonly ca?: string;
}

/**
 * Reads cvmain's configuration directory (domain.md). Left is the first problem that does not heal by itself: the
 * directory or `config.json` is missing or broken, a setting is wrong, the certificate is none, the credentials are broken.
 */
export async function readConfig(root: string): Promise<E.Either<ConfigProblem, Config>> {
  const files = layout(root);
  const isDirectory = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory)
    return problem(root, 'is not a directory that can be read', "give cvmain's configuration directory");

  const cvmain = readFile(files.cvmain, parseCvmainConfig);
  if (E.isLeft(cvmain)) return cvmain;
  if (cvmain.right === undefined) {
    return problem(files.cvmain, 'does not exist', `check that ${root} is cvmain's configuration directory`);
  }
  const settings = readFile(files.settings, parseSettings);
  if (E.isLeft(settings)) return settings;
  const ca = readFile(files.ca, parseCertificates);
  if (E.isLeft(ca)) return ca;
  const credentials = await checkCredentials(files);
  if (E.isLeft(credentials)) return credentials;
  return E.right({
    layout: files,
    cvmain: cvmain.right,
    settings: settings.right ?? defaultSettings,
    ...(ca.right === undefined ? {} : { ca: ca.right }),
  });
}

/** How long a file that is half-written has to become whole, ms. */
const writingMs = 500;

/**
 * Looks at the credentials before the start. Left is what does not heal by itself: a file that is broken, also when it is
 * looked at again a moment later, as cvmain may be writing it. That there is none yet is no problem.
 */
async function checkCredentials({ credentials }: Layout): Promise<E.Either<ConfigProblem, unknown>> {
  const found = readFile(credentials, parseCredentials);
  if (E.isRight(found)) return found;
  await setTimeout(writingMs);
  return readFile(credentials, parseCredentials);
}

/** The decoded content of a file, undefined when there is none. */
function readFile<A>(
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

const certificate = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END [^-]*-----/g;

/** Node takes a text without a certificate for no certificate authority at all, and then trusts nobody. */
const parseCertificates = (pem: string): E.Either<string, string> =>
  E.tryCatch(
    () => {
      const found = pem.match(certificate) ?? [''];
      for (const each of found) new X509Certificate(each);
      return pem;
    },
    () => 'is not a certificate in PEM form',
  );

const problem = (file: string, detail: string, remedy: string): E.Either<ConfigProblem, never> =>
  E.left({ file, detail, remedy });
