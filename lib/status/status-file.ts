import { createHash } from 'node:crypto';
import { constants, lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { readText } from '../storage/read-text.js';
import { decodeState, stateFormats, type Unread, unreadText } from '../storage/state-formats.js';
import { errorCode } from '../util/error-code.js';
import { Snapshot } from './snapshot.js';

/** Where status files are. */
export interface StatusDirectory {
  readonly path: string;
  /** True in the system's temporary directory, where others may have put something in its place. */
  readonly isShared: boolean;
}

/** The first directory in `RUNTIME_DIRECTORY` (systemd.exec(5)), else one of this user's own in `temporary`. */
export const statusDirectoryOf = (
  environment: NodeJS.ProcessEnv,
  temporary: string,
  uid: number,
): StatusDirectory => {
  const [first] = (environment['RUNTIME_DIRECTORY'] ?? '').split(':').filter((path) => path !== '');
  return first === undefined
    ? { path: join(temporary, `cvmqtt-${uid}`), isShared: true }
    : { path: first, isShared: false };
};

/** The name of the status file of the daemon with this absolute configuration directory. */
export const statusFileName = (root: string): string => `status-${keyOf(root)}.json`;

/** The name of its flight recorder. */
export const recorderFileName = (root: string): string => `recorder-${keyOf(root)}.ndjson`;

/** The same for each link to the directory. */
const keyOf = (root: string): string =>
  createHash('sha256').update(withoutLinks(root)).digest('hex').slice(0, 12);

const withoutLinks = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Left: why the directory is not to be trusted, for example because it is another user's, or a link. */
export const trusted = ({ path, isShared }: StatusDirectory, uid: number): E.Either<string, void> => {
  if (!isShared) return E.right(undefined);
  try {
    const found = lstatSync(path);
    if (!found.isDirectory()) return E.left(`${path}: is not a directory`);
    if (found.uid !== uid) return E.left(`${path}: belongs to another user`);
    return (found.mode & 0o022) === 0 ? E.right(undefined) : E.left(`${path}: others can write to it`);
  } catch (error) {
    return E.left(`${path}: ${errorCode(error) ?? 'unknown error'}`);
  }
};

/** Creates the directory (mode 0700) if it is missing. Left: why it can't be used. */
export const madeDirectory = (directory: StatusDirectory, uid: number): E.Either<string, void> => {
  try {
    mkdirSync(directory.path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST')
      return E.left(`${directory.path}: ${errorCode(error) ?? 'unknown error'}`);
  }
  return trusted(directory, uid);
};

/**
 * Replaces a status file atomically, mode 0600. Not flushed: it is worth nothing after a power cut. Left is the system's
 * error.
 */
export const writeStatus = async (path: string, snapshot: Snapshot): Promise<E.Either<string, void>> => {
  const temporary = `${path}.${snapshot.pid}.tmp`;
  try {
    // A process that had this pid may have left it.
    await rm(temporary, { force: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(snapshot)}\n`);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return E.right(undefined);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return E.left(`${path}: ${errorCode(error) ?? 'unknown error'}`);
  }
};

/** Reads a status file; undefined if there is none. Left: what is wrong with it, without quoting it. */
export const readStatus = (path: string): E.Either<string, Snapshot | undefined> =>
  pipe(
    readText(path, constants.O_NOFOLLOW),
    E.foldW(
      (failure) => (failure.reason === 'absent' ? E.right(undefined) : E.left(`${path}: ${failure.detail}`)),
      (text) =>
        E.mapLeft((unread: Unread) => `${path}: ${unreadText(unread)}`)(
          decodeState(Snapshot, stateFormats.status)(text),
        ),
    ),
  );

/** Paths of the status files in a directory; none if it does not exist. Left: why it can't be read. */
export const listStatusFiles = (directory: string): E.Either<string, readonly string[]> => {
  try {
    const names = readdirSync(directory).filter((name) => /^status-[0-9a-f]{12}\.json$/.test(name));
    return E.right(names.sort().map((name) => join(directory, name)));
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    return code === 'ENOENT' ? E.right([]) : E.left(`${directory}: ${code}`);
  }
};

/** The same; none if it can't be read. */
export const statusFilesIn = (directory: string): readonly string[] =>
  E.getOrElse((): readonly string[] => [])(listStatusFiles(directory));

/** Removes a status file, if it is there. */
export const removeStatus = (path: string): Promise<void> => rm(path, { force: true }).catch(() => undefined);
