import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../../lib/util/error-code.js';
import { nearest } from '../../lib/util/nearest.js';
import type { Option } from '../usage.js';

/** The home without an argument. */
export const defaultHome = 'cvmqtt-home';

/** The option of the commands that start a cvmain. */
export const allowReservedOption = {
  type: 'boolean',
  default: false,
  help: 'let apps register names that start with vg:',
} as const satisfies Option;

/**
 * The home directory for an argument: one of a simulated unit, or one that can become it. Left: it is empty, more likely a
 * mistyped word, one of `words` with what to write for it, or holds something else.
 */
export const homeOf = (given: string, words: Readonly<Record<string, string>>): E.Either<string, string> => {
  if (given === '') return E.left(`the home has no name: give one, or nothing for ./${defaultHome}`);
  const path = resolve(given);
  const content = contentOf(path);
  if (E.isLeft(content)) return E.left(`${given}: ${content.left}`);
  if (content.right === undefined) {
    const word = nearest(given, Object.keys(words));
    return word === undefined
      ? E.right(path)
      : E.left(
          `there is no directory "${given}"; did you mean ${words[word]}? For a new directory of this name, give ./${given}`,
        );
  }
  return content.right.length === 0 || content.right.includes('sim.json')
    ? E.right(path)
    : E.left(`${given} has other files, and no sim.json: give a new directory, or one that cvmqtt made`);
};

/** The names in a directory; undefined if it does not exist. */
const contentOf = (path: string): E.Either<string, readonly string[] | undefined> => {
  if (!existsSync(path)) return E.right(undefined);
  try {
    return E.right(readdirSync(path));
  } catch (error) {
    return E.left(errorCode(error) === 'ENOTDIR' ? 'is not a directory' : 'can not be read');
  }
};
