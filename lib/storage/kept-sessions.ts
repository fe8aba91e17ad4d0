import { basename } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { SessionsJson } from './session-record.js';
import {
  decodeState,
  keptPath,
  keptPaths,
  type NewerFile,
  newerFormat,
  stateFormats,
  type Unread,
} from './state-formats.js';
import type { WholeFiles } from './whole-files.js';

type Session = SessionsJson['sessions'][number];

/**
 * Moves a session record that a newer version wrote out of the way; an earlier one that was kept is replaced by it.
 * Undefined if there is none. If it can't be moved it stays, and the record lasts for this run. Never rejects.
 */
export const keepSessionsAside = async (path: string, files: WholeFiles): Promise<NewerFile | undefined> => {
  const reads = stateFormats.sessions;
  const format = newerFormat(files.read(path), reads);
  if (format === undefined) return undefined;
  const kept = keptPath(path, format);
  const where = await files.rename(path, kept).then(
    () => `it is kept as ${basename(kept)}`,
    () => 'it stays as it is, and nothing is recorded in this run',
  );
  const effect = `${where}; retained commands may run once more. Upgrading cvmqtt again uses it again`;
  return { file: path, format, reads, effect };
};

/**
 * Adds session records that older versions kept to the record, as earlier entries. What can't be read or written stays
 * for the next start. Never rejects.
 */
export const takeSessionsBack = async (
  path: string,
  files: WholeFiles,
  kept = keptPaths(path, stateFormats.sessions),
): Promise<void> => {
  const sessionsIn = (file: string): E.Either<Unread, SessionsJson> =>
    pipe(
      files.read(file),
      E.mapLeft(({ reason }): Unread => ({ reason: 'broken', detail: reason })),
      E.chain(decodeState(SessionsJson, stateFormats.sessions)),
    );
  for (const each of kept) {
    const earlier = sessionsIn(each);
    if (E.isLeft(earlier)) continue;
    const later = sessionsIn(path);
    if (E.isLeft(later) && later.left.reason === 'newer') return;
    const sessions = merged(earlier.right.sessions, E.isLeft(later) ? [] : later.right.sessions);
    await files
      .write(path, JSON.stringify({ format: stateFormats.sessions, sessions }))
      .then(() => files.remove(each))
      .catch(() => undefined);
  }
};

const merged = (earlier: readonly Session[], later: readonly Session[]): readonly Session[] => {
  const sessions = new Map(earlier.map((each) => [each.name, each]));
  for (const each of later) {
    const before = sessions.get(each.name);
    sessions.delete(each.name);
    sessions.set(each.name, before === undefined ? each : both(before, each));
  }
  return [...sessions.values()];
};

const both = (earlier: Session, later: Session): Session => ({
  ...later,
  filters: [...new Set([...earlier.filters, ...later.filters])],
  retained: [...new Map([...earlier.retained, ...later.retained])],
  live: [...new Map([...(earlier.live ?? []), ...(later.live ?? [])])],
});
