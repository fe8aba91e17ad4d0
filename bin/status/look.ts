import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../lib/clock/system-clock.js';
import type { Snapshot } from '../../lib/status/snapshot.js';
import {
  listStatusFiles,
  readStatus,
  type StatusDirectory,
  statusFileName,
  trusted,
} from '../../lib/status/status-file.js';
import { processRuns } from '../../lib/storage/process-lock.js';
import { ownStatusDirectory } from '../status-directory.js';
import { userId } from '../user-id.js';

/** Why there is no status; `mayRun`: a daemon may run all the same. */
interface Unseen {
  readonly detail: string;
  readonly mayRun: boolean;
}

export type Found = E.Either<Unseen, { readonly snapshot: Snapshot; readonly runs: boolean }>;

/** The status of the daemon with this absolute configuration directory; without one, of the only daemon that runs. */
export const look = (root: string | undefined): Found => {
  const problems: string[] = [];
  const found = directories().flatMap((directory) => {
    const usable = trusted(directory, userId());
    if (E.isLeft(usable)) return [];
    const files =
      root === undefined
        ? listStatusFiles(directory.path)
        : E.right([join(directory.path, statusFileName(root))]);
    if (E.isLeft(files)) {
      problems.push(`${files.left}; run it as the daemon's user`);
      return [];
    }
    return files.right.flatMap((file) => {
      const read = readStatus(file);
      if (E.isLeft(read)) problems.push(read.left);
      if (E.isLeft(read) || read.right === undefined) return [];
      return [{ snapshot: read.right, runs: processRuns(read.right.pid, read.right.process) }];
    });
  });
  const running = found.filter(({ runs }) => runs);
  if (running.length > 1) {
    const roots = running.map(({ snapshot }) => snapshot.config_directory).join(', ');
    const detail = `several daemons run, give the configuration directory of one: ${roots}`;
    return E.left({ detail, mayRun: true });
  }
  const [best = found[0]] = running;
  if (best !== undefined) return E.right(best);
  const [detail = 'no daemon runs here that has a status'] = problems;
  return E.left({ detail, mayRun: problems.length > 0 });
};

const directories = (): readonly StatusDirectory[] => {
  const own = ownStatusDirectory();
  return own.isShared ? [{ path: '/run/cvmqtt', isShared: false }, own] : [own];
};

/** Uptimes compare within one boot; where the system does not name it, ages are those of the last change. */
export const nowFor = ({ boot, written_at }: Snapshot): number =>
  boot === systemClock.boot ? systemClock.uptimeMs() : written_at;
