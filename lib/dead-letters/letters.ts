import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { openOwn, problemOf } from '../storage/own-file.js';
import { type Unread, unreadText } from '../storage/state-formats.js';
import { errorCode } from '../util/error-code.js';
import { linesOf } from '../util/lines.js';
import { plural } from '../util/plural.js';
import { type Letter, parseLetter } from './letter.js';

/** A line that isn't a dead letter: torn by a power cut, or edited. For all lines of a newer version, the first one. */
export interface BrokenLetter {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** For how many lines it stands. */
  readonly lines: number;
  readonly detail: string;
}

/** The dead letters of a state directory. The files stay the same even if the daemon rotates them meanwhile. */
export interface DeadLetters {
  /** All letters, oldest first. May be called more than once. */
  read(): AsyncGenerator<Letter | BrokenLetter>;
  close(): Promise<void>;
}

/** The file that the daemon writes, in its state directory. */
export const deadLetterFile = 'dead-letters.ndjson';

/** Enough hex digits for unique ids of all letters that the files can hold. */
const idLength = 12;

/** Opens the daemon's two dead-letter files. A missing file counts as empty. Left names the file that can't be read. */
export async function openDeadLetters(directory: string): Promise<E.Either<string, DeadLetters>> {
  const path = join(directory, deadLetterFile);
  // The newer one first: if the daemon rotates in between, both are the same file, and we start again.
  const newer = await openIfThere(path);
  if (E.isLeft(newer)) return newer;
  const older = await openIfThere(`${path}.1`);
  const files = [older, newer].flatMap((each) =>
    E.isRight(each) && each.right !== undefined ? [each.right] : [],
  );
  const close = async (): Promise<void> => {
    for (const { handle } of files) await handle.close();
  };
  const [one, other] = files;
  if (one !== undefined && other?.inode === one.inode) {
    await close();
    return openDeadLetters(directory);
  }
  if (E.isLeft(older)) {
    await close();
    return older;
  }
  return E.right({ read: () => lettersIn(files), close });
}

interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly inode: bigint;
}

/** Opens a file; undefined if it does not exist. */
const openIfThere = async (path: string): Promise<E.Either<string, OpenFile | undefined>> => {
  try {
    const handle = await openOwn(path, constants.O_RDONLY);
    const { ino } = await handle.stat({ bigint: true });
    return E.right({ path, handle, inode: ino });
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? E.right(undefined)
      : E.left(`${path}: can't be read (${problemOf(error)})`);
  }
};

async function* lettersIn(files: readonly OpenFile[]): AsyncGenerator<Letter | BrokenLetter> {
  const seen = new Map<string, number>();
  for (const { path, handle } of files) {
    let at = 0;
    let newer: { readonly line: number; readonly letters: number; readonly why: Unread } | undefined;
    for await (const lines of linesOf(handle.createReadStream({ start: 0, autoClose: false }))) {
      for (const line of lines) {
        at += 1;
        if (line === '') continue;
        if (typeof line !== 'string') {
          yield { file: path, line: at, lines: 1, detail: line.detail };
          continue;
        }
        const letter = parseLetter(line, idOf(line, seen));
        if (E.isRight(letter)) yield letter.right;
        else if (letter.left.reason === 'newer')
          newer = { line: newer?.line ?? at, letters: (newer?.letters ?? 0) + 1, why: letter.left };
        else yield { file: path, line: at, lines: 1, detail: letter.left.detail };
      }
    }
    if (newer !== undefined) {
      const { line, letters, why } = newer;
      yield {
        file: path,
        line,
        lines: letters,
        detail: `${plural(letters, 'letter')} here: ${unreadText(why)}`,
      };
    }
  }
}

/** The id of a line: a hash of it and of the number of equal lines before it. A rotation of the files does not change it. */
const idOf = (line: string, seen: Map<string, number>): string => {
  const id = digest(line);
  const before = seen.get(id) ?? 0;
  seen.set(id, before + 1);
  return before === 0 ? id : digest(`${id} ${before}`);
};

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, idLength);
