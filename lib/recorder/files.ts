import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../util/error-code.js';

/** What could be read of a recording. */
export interface RecorderFiles {
  /** In order of time; a byte that is not UTF-8 spoils its own line only. */
  readonly texts: readonly string[];
  /** What is wrong with a file that is there, in one line each. */
  readonly problems: readonly string[];
}

/** The largest file that is read, bytes: more than any setting of `recorder_max_bytes` makes. */
const maxBytes = 268_435_456;

/** How often the files are opened again because the daemon turned them meanwhile. */
const mostTurns = 20;

/** Reads the file at `path` and the one before it, `<path>.1`, while a daemon may write to them. Never throws. */
export const readRecorderFiles = (path: string): RecorderFiles => {
  const files = openedTogether(path);
  const texts: string[] = [];
  const problems: string[] = [];
  for (const [name, file] of files) {
    const text = E.isLeft(file) ? file : textOf(file.right);
    if (E.isRight(text)) texts.push(text.right);
    else if (text.left !== absent) problems.push(`${name}: ${text.left}`);
  }
  return { texts, problems };
};

/** An open file, or why there is none. */
type Opened = E.Either<string, number>;

const absent = 'does not exist';

/** Opens both files, the earlier one first in the result. If one was turned into the other meanwhile, what is between would be missing. */
const openedTogether = (path: string): readonly (readonly [name: string, file: Opened])[] => {
  for (let turns = 0; ; turns += 1) {
    const latest = opened(path);
    const before = opened(`${path}.1`);
    const isSame = inodeAt(path) === (E.isRight(latest) ? fstatSync(latest.right).ino : undefined);
    if (isSame || turns === mostTurns)
      return [
        [`${path}.1`, before],
        [path, latest],
      ];
    for (const file of [latest, before]) if (E.isRight(file)) closeSync(file.right);
  }
};

const opened = (path: string): Opened => {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    if (fstatSync(file).isFile()) return E.right(file);
    closeSync(file);
    return E.left('is not a file');
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    return E.left(details[code] ?? `can't be read (${code})`);
  }
};

const details: Readonly<Record<string, string>> = {
  ENOENT: absent,
  ENOTDIR: absent,
  ELOOP: 'is a link',
  ENXIO: 'is not a file',
  EACCES: 'is not readable for this user',
  EPERM: 'is not readable for this user',
};

const inodeAt = (path: string): number | undefined => {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
};

/** The content of an open file, which is closed. */
const textOf = (file: number): E.Either<string, string> => {
  try {
    const { size } = fstatSync(file);
    if (size > maxBytes) return E.left(`is larger than ${maxBytes} bytes`);
    const buffer = Buffer.alloc(size);
    return E.right(buffer.toString('utf8', 0, readSync(file, buffer, 0, size, 0)));
  } catch (error) {
    return E.left(`can't be read (${errorCode(error) ?? 'unknown error'})`);
  } finally {
    closeSync(file);
  }
};
