import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type RecorderFiles, readRecorderFiles } from '../lib/recorder/files.js';
import { recorderFileName, type StatusDirectory, trusted } from '../lib/status/status-file.js';
import { ownStatusDirectory } from './status-directory.js';
import { userId } from './user-id.js';

/** What the recorder keeps for this absolute configuration directory. Left: there is nothing, or it can't be read. */
export const recorded = (root: string): E.Either<string, RecorderFiles> => {
  const own = ownStatusDirectory();
  const directories: readonly StatusDirectory[] = own.isShared
    ? [{ path: '/run/cvmqtt', isShared: false }, own]
    : [own];
  for (const directory of directories) {
    if (E.isLeft(trusted(directory, userId()))) continue;
    const found = readRecorderFiles(join(directory.path, recorderFileName(root)));
    if (found.texts.length > 0) return E.right(found);
    const [problem] = found.problems;
    if (problem !== undefined) return E.left(problem);
  }
  return E.left(`there is no recording of a daemon with the configuration directory ${root}`);
};
