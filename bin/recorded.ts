import { constants } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { recorderFileName, type StatusDirectory, trusted } from '../lib/status/status-file.js';
import { readText } from '../lib/storage/read-text.js';
import { ownStatusDirectory } from './status-directory.js';
import { userId } from './user-id.js';

/**
 * The texts of the files of the recorder for this absolute configuration directory, in order of time. Left: there are none,
 * or they can't be read.
 */
export const recorded = (root: string): E.Either<string, readonly string[]> => {
  const own = ownStatusDirectory();
  const directories: readonly StatusDirectory[] = own.isShared
    ? [{ path: '/run/cvmqtt', isShared: false }, own]
    : [own];
  for (const directory of directories) {
    if (E.isLeft(trusted(directory, userId()))) continue;
    const file = join(directory.path, recorderFileName(root));
    const found = [`${file}.1`, file].map((path) => readText(path, constants.O_NOFOLLOW));
    const texts = found.flatMap((text) => (E.isRight(text) ? [text.right] : []));
    if (texts.length > 0) return E.right(texts);
    for (const text of found)
      if (E.isLeft(text) && text.left.reason !== 'absent') return E.left(`${file}: ${text.left.detail}`);
  }
  return E.left(`there is no recording of a daemon with the configuration directory ${root}`);
};
