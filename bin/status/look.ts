import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../lib/clock/system-clock.js';
import type { Snapshot } from '../../lib/status/snapshot.js';
import {
  readStatus,
  type StatusDirectory,
  statusFileName,
  statusFilesIn,
  trusted,
} from '../../lib/status/status-file.js';
import { processRuns } from '../../lib/storage/process-lock.js';
import { ownStatusDirectory } from '../status-directory.js';
import { userId } from '../user-id.js';

/** Left: why there is no status. */
export type Found = E.Either<string, { readonly snapshot: Snapshot; readonly runs: boolean }>;

/** The status of the daemon with this absolute configuration directory; without one, of the only daemon that runs. */
export const look = (root: string | undefined): Found => {
  const problems: string[] = [];
  const found = directories().flatMap((directory) => {
    const usable = trusted(directory, userId());
    if (E.isLeft(usable)) return [];
    const files =
      root === undefined ? statusFilesIn(directory.path) : [join(directory.path, statusFileName(root))];
    return files.flatMap((file) => {
      const read = readStatus(file);
      if (E.isLeft(read)) problems.push(read.left);
      if (E.isLeft(read) || read.right === undefined) return [];
      return [{ snapshot: read.right, runs: processRuns(read.right.pid, read.right.process) }];
    });
  });
  const running = found.filter(({ runs }) => runs);
  if (running.length > 1) {
    const roots = running.map(({ snapshot }) => snapshot.config_directory).join(', ');
    return E.left(`several daemons run, give the configuration directory of one: ${roots}`);
  }
  const [best = found[0]] = running;
  return best === undefined ? E.left(problems[0] ?? 'no daemon runs here that has a status') : E.right(best);
};

const directories = (): readonly StatusDirectory[] => {
  const own = ownStatusDirectory();
  return own.isShared ? [{ path: '/run/cvmqtt', isShared: false }, own] : [own];
};

/** Uptimes compare within one boot; where the system does not name it, ages are those of the last change. */
export const nowFor = ({ boot, written_at }: Snapshot): number =>
  boot === systemClock.boot ? systemClock.uptimeMs() : written_at;
